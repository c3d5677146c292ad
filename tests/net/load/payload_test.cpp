#include "net/load/errors.hpp"
#include "net/load/payload.hpp"
#include "proto/json_codec.hpp"

#include <gtest/gtest.h>

namespace net::load {

TEST(payload_test, reads_what_it_wrote) {
  const stamp x{0xdeadbeef, 0x0123456789abcdef, 0xfedcba9876543210};
  payload_writer writer{128};
  auto text = writer.write(x);
  EXPECT_EQ(text.size(), 128u);
  ASSERT_TRUE(is_payload(text.data(), text.size()));
  EXPECT_EQ(read_stamp(text.data()), x);
}

TEST(payload_test, is_json_of_the_size_asked_for) {
  payload_writer writer{payload_writer::min_size};
  EXPECT_EQ(writer.write({0, 1, 2}),
            R"({"load":"@@@@@@@@)" // source 0
            R"(A@@@@@@@@@@@@@@@)"  // number 1
            R"(B@@@@@@@@@@@@@@@)"  // time 2
            R"(","p":""})");
}

TEST(payload_test, is_found_anywhere_and_sooner_the_next_time) {
  payload_writer writer{64};
  const stamp x{1, 2, 3};
  std::string message = "some words before " + std::string{writer.write(x)};
  std::uint32_t hint = 0;
  auto at = find_payload(message, hint);
  ASSERT_NE(at, nullptr);
  EXPECT_EQ(read_stamp(at), x);
  EXPECT_EQ(hint, 18u);
  EXPECT_EQ(find_payload(message, hint), at);
}

TEST(payload_test, is_not_found_where_its_stamp_is_cut_off) {
  payload_writer writer{64};
  auto text = writer.write({1, 2, 3});
  std::uint32_t hint = 0;
  EXPECT_EQ(find_payload(text.substr(0, stamp_end - 1), hint), nullptr);
  EXPECT_NE(find_payload(text.substr(0, stamp_end), hint), nullptr);
  EXPECT_EQ(find_payload("", hint), nullptr);
}

TEST(payload_test, is_json_of_that_size_of_every_kind) {
  for (auto kind :
       {payload_kind::letters, payload_kind::json, payload_kind::state})
    for (std::size_t size = payload_writer::min_size; size < 600; ++size) {
      payload_writer writer{size, kind};
      const auto text = writer.write({1, 2, 3});
      ASSERT_EQ(text.size(), size);
      ASSERT_TRUE(proto::is_json(text)) << text;
      ASSERT_EQ(read_stamp(text.data()), (stamp{1, 2, 3}));
    }
}

TEST(payload_test, changes_a_fiftieth_of_a_state) {
  constexpr stamp same{1, 2, 3};
  payload_writer writer{4096, payload_kind::state};
  std::string before{writer.write(same)};
  for (int i = 0; i < 100; ++i) {
    const std::string now{writer.write(same)};
    std::size_t changed = 0;
    for (std::size_t at = 0; at < now.size(); ++at)
      changed += now[at] != before[at] ? 1 : 0;
    EXPECT_GT(changed, 4096u / 100);
    EXPECT_LE(changed, 4096u / 50 + 8);
    before = now;
  }
}

TEST(payload_test, is_the_same_in_each_run) {
  for (auto kind : {payload_kind::json, payload_kind::state})
    EXPECT_EQ((payload_writer{1024, kind}.write({1, 2, 3})),
              (payload_writer{1024, kind}.write({1, 2, 3})));
}

TEST(payload_test, knows_its_kinds_by_name) {
  EXPECT_EQ(payload_kind_of("state"), payload_kind::state);
  EXPECT_THROW(payload_kind_of("xml"), usage_error);
}

} // namespace net::load
