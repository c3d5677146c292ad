#include "cluster-config/quantity.hpp"

#include <gtest/gtest.h>

namespace config {

using namespace std::chrono_literals;

TEST(quantity_test, reads_every_unit_of_time) {
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("10s"), 10s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("720h"), 720h);
  EXPECT_EQ(parse_duration("30d"), 720h);
  EXPECT_EQ(parse_duration("1m30s"), 90s);
  EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(quantity_test, refuses_what_is_no_duration) {
  for (auto text : {"", "10", "s", "10 s", "-1s", "1.5s", "10sec", "1s2",
                    "99999999999999999999s", "18446744073709551615h"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(quantity_test, writes_the_largest_unit_of_time) {
  EXPECT_EQ(write_duration(720h), "720h");
  EXPECT_EQ(write_duration(90s), "90s");
  EXPECT_EQ(write_duration(1500ms), "1500ms");
  EXPECT_EQ(write_duration(0ms), "0s");
}

TEST(quantity_test, reads_every_unit_of_size) {
  EXPECT_EQ(parse_bytes("100"), 100u);
  EXPECT_EQ(parse_bytes("64KiB"), 65536u);
  EXPECT_EQ(parse_bytes("8MiB"), 8388608u);
  EXPECT_EQ(parse_bytes("1GiB"), 1073741824u);
}

TEST(quantity_test, refuses_what_is_no_size) {
  for (auto text :
       {"", "KiB", "1KB", "1 KiB", "-1", "1.5MiB", "18446744073709551615KiB"})
    EXPECT_EQ(parse_bytes(text), std::nullopt) << text;
}

TEST(quantity_test, writes_the_largest_unit_of_size) {
  EXPECT_EQ(write_bytes(65536), "64KiB");
  EXPECT_EQ(write_bytes(8388608), "8MiB");
  EXPECT_EQ(write_bytes(1000), "1000");
  EXPECT_EQ(write_bytes(0), "0");
}

} // namespace config
