// Tokens that are signed well and say something wrong.

#include "tests/auth/token_support.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace actors;
using namespace std::string_literals;

namespace {

/// What is wrong with a payload at noon.
std::string wrong(std::string_view payload) {
  auto why = refusal(token_of(payload));
  auto prefix = "The token's payload is wrong: "s;
  return why.starts_with(prefix) ? why.substr(prefix.size()) : why;
}

const std::string not_object = "The token's payload is not a JSON object.";

} // namespace

TEST(broken_claims_test, refuses_what_is_not_an_object) {
  for (auto payload : {"[]", "1", "null", "\"{}\"", "{", "{}}", "{} {}", "x"})
    EXPECT_EQ(wrong(payload), not_object) << payload;
}

TEST(broken_claims_test, refuses_json_cut_anywhere) {
  auto whole = R"({"sub":"alice","exp":2000000000,"info":{"a":[1,true]}})"s;
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(wrong(whole.substr(0, size)), not_object) << size;
  EXPECT_EQ(wrong(whole), "");
}

TEST(broken_claims_test, refuses_info_that_nests_too_deep) {
  auto nested = [](std::size_t depth) {
    return R"({"info":)" + std::string(depth, '[') + std::string(depth, ']')
           + '}';
  };
  auto too_deep = "\"info\" must be JSON that nests at most 256 deep.";
  EXPECT_EQ(wrong(nested(256)), "");
  EXPECT_EQ(wrong(nested(258)), too_deep);
  EXPECT_EQ(wrong(nested(5'000)), too_deep);
}

TEST(broken_claims_test, refuses_brackets_that_do_not_fit_below_any_depth) {
  auto deep = std::string(300, '[');
  EXPECT_NE(wrong(R"({"sub":"alice","x":)" + deep + "}"), "");
  EXPECT_NE(
      wrong(R"({"sub":"alice","x":)" + deep + std::string(299, ']') + "}"), "");
}

TEST(broken_claims_test, refuses_text_that_is_not_utf8) {
  EXPECT_EQ(wrong("{\"sub\":\"\xff\"}"), not_object);
  EXPECT_EQ(wrong("{\"unknown\":\"\xff\"}"), not_object);
  EXPECT_EQ(wrong(R"({"sub":"\ud800"})"), "\"sub\" must be a string.");
}

TEST(broken_claims_test, refuses_a_claim_of_another_type) {
  EXPECT_EQ(wrong(R"({"sub":42})"), "\"sub\" must be a string.");
  EXPECT_EQ(wrong(R"({"jti":{}})"), "\"jti\" must be a string.");
  EXPECT_EQ(wrong(R"({"iss":["a"]})"), "\"iss\" must be a string.");
  EXPECT_EQ(wrong(R"({"exp":"2000000000"})"),
            "\"exp\" must be a number of seconds since 1970.");
  EXPECT_EQ(wrong(R"({"nbf":true})"),
            "\"nbf\" must be a number of seconds since 1970.");
  EXPECT_EQ(wrong(R"({"iat":[]})"),
            "\"iat\" must be a number of seconds since 1970.");
  EXPECT_EQ(wrong(R"({"expire_at":-1})"),
            "\"expire_at\" must be a number of seconds since 1970, or 0.");
  EXPECT_EQ(wrong(R"({"aud":7})"),
            "\"aud\" must be a string or an array of strings.");
  EXPECT_EQ(wrong(R"({"aud":["a",7]})"),
            "\"aud\" must be a string or an array of strings.");
  EXPECT_EQ(wrong(R"({"channels":"news"})"),
            "\"channels\" must be an array of strings.");
  EXPECT_EQ(wrong(R"({"channels":[null]})"),
            "\"channels\" must be an array of strings.");
  EXPECT_EQ(wrong(R"({"b64info":{}})"),
            "\"b64info\" must be a string in base64.");
  EXPECT_EQ(wrong(R"({"b64info":"e30"})"),
            "\"b64info\" must be a string in base64.");
}

TEST(broken_claims_test, refuses_subs_of_another_form) {
  auto expected =
      "\"subs\" must be an object with the options of each channel once.";
  EXPECT_EQ(wrong(R"({"subs":[]})"), expected);
  EXPECT_EQ(wrong(R"({"subs":{"a":1}})"), expected);
  EXPECT_EQ(wrong(R"({"subs":{"":{}}})"), expected);
  EXPECT_EQ(wrong(R"({"subs":{"a":{},"a":{}}})"), expected);
  EXPECT_EQ(wrong(R"({"subs":{"a":{"b64data":"!"}}})"), expected);
  EXPECT_EQ(wrong(R"({"subs":{"a":{"override":{"presence":true}}}})"),
            expected);
  EXPECT_EQ(
      wrong(R"({"subs":{"a":{"override":{"presence":{"value":"yes"}}}}})"),
      expected);
}

TEST(broken_claims_test, refuses_a_claim_that_is_there_twice) {
  EXPECT_EQ(wrong(R"({"sub":"alice","sub":"root"})"),
            "\"sub\" is there twice.");
  EXPECT_EQ(wrong(R"({"sub":"alice","s\u0075b":"root"})"),
            "\"sub\" is there twice.");
  EXPECT_EQ(wrong(R"({"exp":1,"exp":2000000000})"), "\"exp\" is there twice.");
  EXPECT_EQ(wrong(R"({"exp":null,"exp":2000000000})"),
            "\"exp\" is there twice.");
}

TEST(broken_claims_test, ignores_unknown_claims) {
  EXPECT_EQ(wrong(R"({"sub":"alice","role":1,"role":2,"":null})"), "");
}

/// What no reader of ours takes as the value of a claim that it knows.
std::vector<std::string> odd_values() {
  return {"1e400",
          "-1e400",
          "123456789012345678901234567890",
          R"("\ud800")",
          R"("\udc00\ud800")",
          R"("\u0000")",
          R"({"a":1,"a":2})",
          R"({"\udfff":[]})",
          std::string(2'000, '[') + std::string(2'000, ']')};
}

TEST(broken_claims_test, ignores_what_unknown_claims_hold) {
  for (const auto& odd : odd_values()) {
    const auto result =
        verify(token_of(R"({"x":)" + odd + R"(,"sub":"alice","\ud800":)" + odd
                        + R"(,"exp":2000000000})"));
    ASSERT_TRUE(result) << odd << ' ' << result.error().why;
    EXPECT_EQ(result->user, "alice") << odd;
    EXPECT_EQ(result->expire_at, 2'000'000'000) << odd;
  }
}

TEST(broken_claims_test, ignores_what_unknown_members_of_the_header_hold) {
  for (const auto& odd : odd_values())
    EXPECT_EQ(refusal(signed_token(R"({"x":)" + odd + R"(,"alg":"HS256"})",
                                   R"({"sub":"alice"})")),
              "")
        << odd;
}

TEST(broken_claims_test, ignores_unknown_options_of_a_subscription) {
  for (const auto& odd : odd_values())
    EXPECT_EQ(wrong(R"({"subs":{"a":{"x":)" + odd + R"(},"b":{}}})"), "")
        << odd;
}

TEST(broken_claims_test, survives_every_changed_byte) {
  auto whole =
      R"({"sub":"al","aud":["a"],"exp":2e9,"subs":{"c":{"info":{"k":1}}}})"s;
  for (std::size_t i = 0; i < whole.size(); ++i)
    for (int value = 0; value < 256; ++value) {
      auto copy = whole;
      copy[i] = static_cast<char>(value);
      auto result = verify(token_of(copy));
      ASSERT_TRUE(result || !result.error().why.empty());
    }
}

TEST(broken_claims_test, refuses_a_subscription_token_for_a_connection) {
  EXPECT_EQ(wrong(R"({"sub":"alice","channel":"news"})"),
            "The token is for a subscription (it has a \"channel\"), not for a "
            "connection.");
  EXPECT_FALSE(wrong(R"({"sub":"alice","channel":""})").empty());
}

TEST(broken_claims_test, refuses_a_connection_token_for_a_subscription) {
  for (auto payload : {R"({"sub":"alice"})", R"({"channel":""})"}) {
    auto result =
        hmac_verifier().verify_subscription(token_of(payload), at(noon));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().why, "The token is not for a subscription: it has "
                                  "no \"channel\".");
  }
}
