#include "tests/auth/token_support.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

using namespace actors;
using namespace std::chrono_literals;

namespace {

std::optional<token_error_kind>
kind_at(std::string_view payload, std::chrono::system_clock::time_point now) {
  auto result = hmac_verifier().verify_connection(token_of(payload), now);
  if (result)
    return std::nullopt;
  return result.error().kind;
}

std::int64_t expiry(std::string_view payload) {
  auto result = verify(token_of(payload));
  return result ? result->expire_at : -1;
}

} // namespace

TEST(token_time_test, expires_at_exp_and_not_before) {
  auto token = R"({"exp":1750000000})";
  EXPECT_EQ(kind_at(token, at(1'749'999'999)), std::nullopt);
  EXPECT_EQ(kind_at(token, at(1'750'000'000) - 1ms), std::nullopt);
  EXPECT_EQ(kind_at(token, at(1'750'000'000)), token_error_kind::expired);
  EXPECT_EQ(kind_at(token, at(1'750'000'001)), token_error_kind::expired);
}

TEST(token_time_test, is_not_valid_before_nbf) {
  auto token = R"({"nbf":1750000000})";
  EXPECT_EQ(kind_at(token, at(1'750'000'000) - 1ms),
            token_error_kind::not_yet_valid);
  EXPECT_EQ(kind_at(token, at(1'750'000'000)), std::nullopt);
}

TEST(token_time_test, says_how_long_ago_it_expired) {
  EXPECT_EQ(refusal(token_of(R"({"exp":1749999990})")),
            "The token expired 10 s ago.");
  EXPECT_EQ(refusal(token_of(R"({"nbf":1750000030})")),
            "The token is not valid yet, for another 30 s.");
}

TEST(token_time_test, accepts_a_token_issued_by_a_clock_ahead_of_ours) {
  EXPECT_EQ(kind_at(R"({"iat":1750000060})", at(1'750'000'000)), std::nullopt);
}

TEST(token_time_test, takes_fractions_of_a_second) {
  EXPECT_EQ(expiry(R"({"exp":1750000100.9})"), 1'750'000'100);
  EXPECT_EQ(expiry(R"({"exp":1.7500001e9})"), 1'750'000'100);
}

TEST(token_time_test, takes_times_far_away) {
  EXPECT_EQ(expiry(R"({"exp":1e300})"), 253'402'300'799);
  EXPECT_EQ(expiry(R"({"exp":18446744073709551615})"), 253'402'300'799);
  EXPECT_EQ(kind_at(R"({"exp":-1e300})", at(noon)), token_error_kind::expired);
  EXPECT_EQ(kind_at(R"({"exp":0})", at(noon)), token_error_kind::expired);
  EXPECT_EQ(kind_at(R"({"nbf":-5})", at(noon)), std::nullopt);
  EXPECT_EQ(kind_at(R"({"nbf":9223372036854775807})", at(noon)),
            token_error_kind::not_yet_valid);
}

TEST(token_time_test, lets_expire_at_override_what_exp_says) {
  EXPECT_EQ(expiry(R"({"exp":1750000100})"), 1'750'000'100);
  EXPECT_EQ(expiry(R"({"exp":1750000100,"expire_at":1750009999})"),
            1'750'009'999);
  EXPECT_EQ(expiry(R"({"exp":1750000100,"expire_at":0})"), 0);
  EXPECT_EQ(expiry(R"({"expire_at":1750009999})"), 1'750'009'999);
}

// It overrides when the connection ends, not until when the token is good.
TEST(token_time_test, expires_at_exp_whatever_expire_at_says) {
  EXPECT_EQ(kind_at(R"({"exp":1749999999,"expire_at":0})", at(noon)),
            token_error_kind::expired);
}

// A client must not be told to fetch another token when no token would do.
TEST(token_time_test, is_invalid_rather_than_expired_when_it_is_both) {
  auto forged = signed_token(hs256_header, R"({"exp":1})", "another secret");
  auto result = verify(forged);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, token_error_kind::invalid);
  EXPECT_EQ(kind_at(R"({"exp":1,"channel":"news"})", at(noon)),
            token_error_kind::invalid);
}
