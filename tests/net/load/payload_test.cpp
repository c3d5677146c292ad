#include "net/load/payload.hpp"

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

} // namespace net::load
