#include "net/ctl/display.hpp"

#include <gtest/gtest.h>

#include <limits>

using namespace net;
using namespace std::chrono_literals;

TEST(display_test, keeps_text_that_is_harmless) {
  for (auto text :
       {"", "plain ~", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x90\x93"})
    EXPECT_EQ(visible(text), text);
}

TEST(display_test, escapes_control_characters_and_broken_utf8) {
  EXPECT_EQ(visible("a\nb\x1b\x7f"), R"(a\x0ab\x1b\x7f)");
  EXPECT_EQ(visible("\xc2\x9b"), R"(\xc2\x9b)");
  EXPECT_EQ(visible("\xff\xc3"), R"(\xff\xc3)");
  EXPECT_EQ(visible("\xe2\x82"), R"(\xe2\x82)");
  EXPECT_EQ(visible("\xc3x"), R"(\xc3x)");
  EXPECT_EQ(visible(std::string_view("\0", 1)), R"(\x00)");
}

TEST(display_test, shortens_between_characters) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "abc...");
  EXPECT_EQ(shortened("a\xe2\x82\xac", 3), "a...");
}

TEST(display_test, writes_spans_of_time) {
  EXPECT_EQ(time_span(0s), "0s");
  EXPECT_EQ(time_span(59s), "59s");
  EXPECT_EQ(time_span(60s), "1m 0s");
  EXPECT_EQ(time_span(3599s), "59m 59s");
  EXPECT_EQ(time_span(1h), "1h 0m");
  EXPECT_EQ(time_span(24h), "1d 0h");
  EXPECT_EQ(time_span(100h), "4d 4h");
}

TEST(display_test, writes_moments) {
  EXPECT_EQ(time_of(0), "");
  EXPECT_EQ(time_of(1'750'000'000'999), "2025-06-15 15:06:40");
}

TEST(display_test, writes_counts_of_bytes) {
  EXPECT_EQ(byte_count(0), "0 B");
  EXPECT_EQ(byte_count(1023), "1023 B");
  EXPECT_EQ(byte_count(1024), "1.0 KiB");
  EXPECT_EQ(byte_count(1024 * 1024 - 1), "1.0 MiB");
  EXPECT_EQ(byte_count(8 << 20), "8.0 MiB");
  EXPECT_EQ(byte_count(std::numeric_limits<std::uint64_t>::max()),
            "16777216.0 TiB");
}
