#include "actors/auth/base64url.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

using namespace actors;

namespace {

std::optional<std::string> decode_url(std::string_view text) {
  std::string out;
  if (!append_base64url(text, out))
    return std::nullopt;
  return out;
}

} // namespace

// The vectors of RFC 4648 section 10.
TEST(base64url_test, agrees_with_the_standard) {
  EXPECT_EQ(base64url(""), "");
  EXPECT_EQ(base64url("f"), "Zg");
  EXPECT_EQ(base64url("fo"), "Zm8");
  EXPECT_EQ(base64url("foobar"), "Zm9vYmFy");
  EXPECT_EQ(decode_url("Zm9vYg"), "foob");
}

TEST(base64url_test, uses_the_alphabet_of_urls) {
  EXPECT_EQ(base64url("\xfb\xff\xfe"), "-__-");
  EXPECT_EQ(decode_url("-__-"), "\xfb\xff\xfe");
  EXPECT_EQ(decode_url("+//+"), std::nullopt);
}

TEST(base64url_test, decodes_every_byte_at_every_position) {
  std::string bytes;
  for (int i = 0; i < 256 * 3 + 2; ++i)
    bytes.push_back(static_cast<char>(i * 7 + i / 256));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    auto part = bytes.substr(0, size);
    ASSERT_EQ(decode_url(base64url(part)), part) << size;
  }
}

TEST(base64url_test, refuses_padding) {
  EXPECT_EQ(decode_url("Zg=="), std::nullopt);
  EXPECT_EQ(decode_url("Zm8="), std::nullopt);
}

TEST(base64url_test, refuses_foreign_characters) {
  EXPECT_EQ(decode_url("Zm9 "), std::nullopt);
  EXPECT_EQ(decode_url("Zm\n9v"), std::nullopt);
  EXPECT_EQ(decode_url("Zm9\xff"), std::nullopt);
  EXPECT_EQ(decode_url(std::string_view("Zm9\0", 4)), std::nullopt);
}

TEST(base64url_test, refuses_a_second_encoding_of_the_same_bytes) {
  ASSERT_EQ(decode_url("Zg"), "f");
  EXPECT_EQ(decode_url("Zh"), std::nullopt);
  EXPECT_EQ(decode_url("Zm9"), std::nullopt);
}

TEST(base64url_test, refuses_a_lone_last_character) {
  EXPECT_EQ(decode_url("Z"), std::nullopt);
  EXPECT_EQ(decode_url("Zm9vY"), std::nullopt);
}
