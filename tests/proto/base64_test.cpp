#include "proto/base64.hpp"

#include <gtest/gtest.h>

namespace proto {
namespace {

struct pair {
  std::string_view bytes;
  std::string_view text;
};

// RFC 4648, section 10, and both characters outside of letters and digits.
constexpr pair pairs[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xff\xfe", "+//+"},
};

TEST(base64_test, encodes) {
  for (auto& [bytes, text] : pairs) {
    std::string out;
    append_base64(bytes, out);
    EXPECT_EQ(out, text);
  }
}

TEST(base64_test, decodes) {
  for (auto& [bytes, text] : pairs)
    EXPECT_EQ(decode_base64(text), bytes) << text;
}

TEST(base64_test, refuses_what_is_not_base64) {
  for (auto text : {"Z", "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zm9*",
                    "Zm9-", "Zm 9", "Zh==", "Zm9=", "\xff\xff\xff\xff"})
    EXPECT_FALSE(decode_base64(text)) << text;
}

} // namespace
} // namespace proto
