#include "net/ctl/table.hpp"

#include <gtest/gtest.h>

#include <sstream>

using namespace net;

namespace {

std::string printed(const table& rows) {
  std::ostringstream out;
  rows.print(out, "Nothing.");
  return out.str();
}

} // namespace

TEST(table_test, aligns_cells_with_the_widest) {
  table rows{{{"NAME"}, {"COUNT", true}, {"NOTE"}}};
  rows.add({"a", "1", "x"});
  rows.add({"longer name", "1234567", "y"});

  EXPECT_EQ(printed(rows), "NAME           COUNT  NOTE\n"
                           "a                  1  x\n"
                           "longer name  1234567  y\n");
}

TEST(table_test, shows_empty_cells_and_ends_no_line_with_spaces) {
  table rows{{{"A"}, {"LONG HEADING"}}};
  rows.add({"", "x"});

  EXPECT_EQ(printed(rows), "A  LONG HEADING\n"
                           "-  x\n");
}

TEST(table_test, counts_characters_and_not_bytes) {
  table rows{{{"A"}, {"B"}}};
  rows.add({"\xc3\xa9\xe2\x82\xac", "x"});
  rows.add({"abc", "y"});

  EXPECT_EQ(printed(rows), "A    B\n"
                           "\xc3\xa9\xe2\x82\xac   x\n"
                           "abc  y\n");
}

TEST(table_test, says_when_it_is_empty) {
  EXPECT_EQ(printed(table{{{"A"}}}), "Nothing.\n");
}
