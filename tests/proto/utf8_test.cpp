#include "proto/utf8.hpp"

#include <gtest/gtest.h>

namespace proto {
namespace {

TEST(utf8_test, text_that_fits_is_not_cut) {
  EXPECT_EQ(cut_utf8("", 0), "");
  EXPECT_EQ(cut_utf8("ü", 2), "ü");
  EXPECT_EQ(cut_utf8("text", 64), "text");
}

TEST(utf8_test, text_is_cut_between_two_characters) {
  // Of one, two, three and four bytes.
  constexpr std::string_view text = "aü€😀";
  constexpr std::string_view cuts[] = {"",   "a",   "a",   "aü",  "aü",
                                       "aü", "aü€", "aü€", "aü€", "aü€"};
  for (std::size_t max = 0; max < text.size(); ++max) {
    EXPECT_EQ(cut_utf8(text, max), cuts[max]) << max;
    EXPECT_TRUE(is_utf8(cut_utf8(text, max))) << max;
  }
}

} // namespace
} // namespace proto
