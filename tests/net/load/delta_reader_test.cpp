#include "net/load/delta_reader.hpp"
#include "net/load/protocol/protocol.hpp"
#include "proto/fossil_delta.hpp"

#include <gtest/gtest.h>

namespace net::load {

namespace {

std::string push_of(const std::string& data, bool delta) {
  return R"({"push":{"channel":"a","pub":{"data":)" + json_string(data)
         + (delta ? R"(,"delta":true)" : "") + "}}}";
}

} // namespace

TEST(delta_reader_test, makes_each_payload_of_the_one_before) {
  payload_writer writer{2000, payload_kind::state};
  delta_reader reads;
  proto::fossil_encoder encoder;
  shared_text base;
  std::string before;
  for (std::uint64_t number = 0; number < 100; ++number) {
    const std::string payload{writer.write({1, number, 2})};
    std::string delta;
    auto push = push_of(payload, false);
    if (number > 0) {
      ASSERT_TRUE(
          encoder.encode(before, payload, proto::delta_text::utf8, delta));
      push = push_of(delta, true);
    }
    // Another subscriber is brought the same.
    auto other = reads.read(push, base);
    base = reads.read(push, base);
    ASSERT_TRUE(base);
    EXPECT_EQ(other, base);
    EXPECT_EQ(*base, payload);
    before = payload;
  }
}

TEST(delta_reader_test, has_none_for_a_delta_to_something_else) {
  payload_writer writer{2000, payload_kind::state};
  const std::string first{writer.write({1, 0, 2})};
  const std::string second{writer.write({1, 1, 2})};
  std::string delta;
  ASSERT_TRUE(proto::fossil_encoder{}.encode(first, second,
                                             proto::delta_text::utf8, delta));
  delta_reader reads;
  EXPECT_FALSE(reads.read(push_of(delta, true), nullptr));
  EXPECT_FALSE(
      reads.read(push_of(delta, true),
                 std::make_shared<const std::string>(first.substr(1))));
  EXPECT_FALSE(reads.read("{}", nullptr));
  EXPECT_FALSE(reads.read(R"({"push":{"pub":{"data":{}}}})", nullptr));
}

} // namespace net::load
