#include "proto/json_codec.hpp"
#include "proto/json_text.hpp"

#include <gtest/gtest.h>

namespace proto {
namespace {

using namespace std::string_literals;

TEST(json_text_test, accepts_json) {
  for (auto text : {"0",
                    "-0",
                    "10",
                    "-1.5",
                    "1e5",
                    "1E-5",
                    "0.0e+10",
                    "true",
                    "false",
                    "null",
                    "\"\"",
                    R"("a\"\\\/\b\f\n\r\t\u00fF")",
                    "[]",
                    "{}",
                    "[1]",
                    "[[],[[]],{}]",
                    R"({"a":1})",
                    R"({"a":{"b":[{},[]]},"c":""})",
                    " [ 1 , 2 ] ",
                    "\t{\r\n\"a\" : 1 }\n",
                    "123456789012345678901234567890",
                    "\"\xc3\xbc\xf0\x9f\x98\x80\"",
                    R"({"":1,"":2})",
                    R"("\ud800 alone: grammar allows it")"})
    EXPECT_TRUE(is_json(text)) << text;
}

TEST(json_text_test, refuses_what_is_not_json) {
  for (auto text : {"",
                    " ",
                    "tru",
                    "nul",
                    "falsee",
                    "truefalse",
                    "01",
                    "-",
                    "+1",
                    ".5",
                    "1.",
                    "1e",
                    "1e+",
                    "0x1",
                    "1 2",
                    "\"",
                    "\"a",
                    "\"\\\"",
                    "\"\\x\"",
                    "\"\\u12\"",
                    "\"\\u12g4\"",
                    "\"\\",
                    "\"a\nb\"",
                    "\"\x01\"",
                    "[",
                    "]",
                    "[1",
                    "[1,",
                    "[1,]",
                    "[,1]",
                    "[1 2]",
                    "[1}",
                    "{",
                    "}",
                    "{]",
                    "{\"a\"",
                    "{\"a\":",
                    "{\"a\":}",
                    "{\"a\":1",
                    "{\"a\":1,",
                    "{\"a\":1,}",
                    "{\"a\" 1}",
                    "{a:1}",
                    "{1:1}",
                    "{\"a\":1]",
                    "{,}",
                    "[]]",
                    "{}{}",
                    "'a'",
                    "NaN",
                    "Infinity",
                    "/**/1",
                    "[1]//",
                    "\xef\xbb\xbf{}",
                    "\xff",
                    "\"\xff\"",
                    "\"\xc3\"",
                    "\"\xed\xa0\x80\"",
                    "\"\xc0\xaf\""})
    EXPECT_FALSE(is_json(text)) << text;
  EXPECT_FALSE(is_json("1\0"s));
  EXPECT_FALSE(is_json("\"\0\""s));
}

TEST(json_text_test, strings_are_checked_at_every_length) {
  // Blocks of 16 bytes are looked at together.
  for (std::size_t size = 0; size < 70; ++size) {
    auto text = '"' + std::string(size, 'x') + '"';
    EXPECT_TRUE(is_json(text)) << size;
    EXPECT_FALSE(is_json(text.substr(0, size + 1))) << size;
    for (std::size_t at = 1; at <= size; ++at) {
      auto broken = text;
      broken[at] = '\x1f';
      EXPECT_FALSE(is_json(broken)) << size << ' ' << at;
      broken[at] = '\x7f';
      EXPECT_TRUE(is_json(broken)) << size << ' ' << at;
    }
  }
}

TEST(json_text_test, nesting_has_a_limit) {
  auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(is_json(nested(max_json_depth)));
  EXPECT_TRUE(is_json('[' + nested(max_json_depth - 1) + ",1]"));
  for (auto depth : {max_json_depth + 2, std::size_t{10'000}}) {
    EXPECT_EQ(check_json(nested(depth)).verdict, json_verdict::too_deep);
    EXPECT_EQ(check_json(std::string(depth, '[')).verdict,
              json_verdict::too_deep);
  }
}

TEST(json_text_test, whitespace_inside_strings_is_not_insignificant) {
  EXPECT_FALSE(check_json(R"({"a b":" "})").spaced);
  EXPECT_TRUE(check_json(R"({"a": 1})").spaced);
  EXPECT_TRUE(check_json("1\n").spaced);
}

TEST(json_text_test, embeds_on_one_line) {
  auto embed = [](std::string_view json) {
    std::string out = "<";
    EXPECT_TRUE(append_embedded(json, out));
    return out;
  };
  EXPECT_EQ(embed(R"({"a":"b  c"})"), R"(<{"a":"b  c"})");
  EXPECT_EQ(embed(" { \"a\" :\r\n\t\"b  c\\n\" } "), R"(<{"a":"b  c\n"})");
  EXPECT_EQ(embed("1.0e2 "), "<1.0e2");
}

TEST(json_text_test, embeds_what_is_no_json_as_base64) {
  auto embed = [](std::string_view bytes) {
    std::string out = "<";
    EXPECT_FALSE(append_embedded(bytes, out));
    return out;
  };
  EXPECT_EQ(embed("{"), "<\"ew==\"");
  EXPECT_EQ(embed(""), "<\"\"");
  EXPECT_EQ(embed("\"\xff\""), "<\"Iv8i\"");
}

TEST(json_text_test, minifies_at_every_length) {
  for (std::size_t size = 0; size < 200; ++size) {
    auto text = std::string(size, 'x');
    std::string out;
    append_minified("[ \"" + text + " \" ,\n1 ]", out);
    EXPECT_EQ(out, "[\"" + text + " \",1]");
  }
}

TEST(json_text_test, quotes_strings) {
  auto quote = [](std::string_view text) {
    std::string out;
    EXPECT_TRUE(append_quoted(text, out));
    return out;
  };
  EXPECT_EQ(quote(""), R"("")");
  EXPECT_EQ(quote("plain/text"), R"("plain/text")");
  EXPECT_EQ(quote("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
  EXPECT_EQ(quote("\0\x01\x1f\x7f"s), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(quote("ü😀"), "\"ü😀\"");
  EXPECT_EQ(quote("0123456789abcdef\n0123456789abcdef\""),
            R"("0123456789abcdef\n0123456789abcdef\"")");
}

TEST(json_text_test, does_not_quote_what_is_not_utf8) {
  std::string out;
  EXPECT_FALSE(append_quoted("\xff", out));
  EXPECT_FALSE(append_quoted("cut \xc3", out));
  EXPECT_FALSE(append_quoted("surrogate \xed\xa0\x80", out));
}

} // namespace
} // namespace proto
