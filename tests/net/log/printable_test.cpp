#include "net/printable.hpp"

#include <gtest/gtest.h>

namespace net {

TEST(printable_test, leaves_text_alone) {
  for (const auto* text :
       {"", "a \"b\" \\n", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x90\x93", "\xC2\xA0"})
    EXPECT_EQ(printable(text), text);
}

TEST(printable_test, keeps_a_message_on_one_line) {
  EXPECT_EQ(printable("a\nb\r\tc"), "a\\nb\\r\\tc");
  EXPECT_EQ(printable("\xE2\x80\xA8"), "\\xe2\\x80\\xa8");
  EXPECT_EQ(printable("\xC2\x85"), "\\xc2\\x85");
}

TEST(printable_test, gives_a_terminal_nothing_to_obey) {
  EXPECT_EQ(printable("\x1B[31m\x7F"), "\\x1b[31m\\x7f");
  EXPECT_EQ(printable(std::string_view{"\0", 1}), "\\x00");
  EXPECT_EQ(printable("\xC2\x9B"), "\\xc2\\x9b");
}

TEST(printable_test, shows_what_follows_in_the_order_that_it_has) {
  EXPECT_EQ(printable("\xE2\x80\xAE"), "\\xe2\\x80\\xae");
  EXPECT_EQ(printable("\xE2\x81\xA6"), "\\xe2\\x81\\xa6");
  EXPECT_EQ(printable("\xD8\x9C"), "\\xd8\\x9c");
}

TEST(printable_test, escapes_what_is_not_utf8) {
  EXPECT_EQ(printable("\xFF"), "\\xff");
  EXPECT_EQ(printable("\xC3"), "\\xc3");
  EXPECT_EQ(printable("\xC3("), "\\xc3(");
  EXPECT_EQ(printable("\xC0\x80"), "\\xc0\\x80");
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(printable("\xE2\x82"), "\\xe2\\x82");
}

} // namespace net
