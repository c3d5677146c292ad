// Tokens whose form is wrong. Each is refused with its own reason, and what
// can be signed is signed well, so that the reason is not the signature.

#include "tests/auth/token_support.hpp"

#include <gtest/gtest.h>

#include <string>

using namespace actors;
using namespace std::string_literals;

namespace {

std::string with_header(std::string_view header) {
  return signed_token(header, R"({"sub":"alice"})");
}

} // namespace

TEST(broken_token_test, refuses_an_empty_token) {
  EXPECT_EQ(refusal(""), "The token is empty.");
}

TEST(broken_token_test, refuses_another_number_of_parts) {
  EXPECT_EQ(refusal("abc"),
            "The token has 1 parts between dots; a signed token has 3.");
  EXPECT_EQ(refusal("e30.e30"),
            "The token has 2 parts between dots; a signed token has 3.");
  EXPECT_EQ(refusal(token_of("{}") + ".e30"),
            "The token has 4 parts between dots; a signed token has 3.");
  EXPECT_EQ(refusal("a.b.c.d.e"),
            "The token has 5 parts between dots; a signed token has 3.");
}

TEST(broken_token_test, refuses_empty_parts) {
  EXPECT_EQ(refusal(".."), "The token's header is not a JSON object.");
  auto token = token_of(R"({"sub":"alice"})");
  EXPECT_EQ(refusal(token.substr(0, token.rfind('.') + 1)),
            "The token has no signature.");
  EXPECT_EQ(refusal(signed_token(hs256_header, "")),
            "The token's payload is not a JSON object.");
}

TEST(broken_token_test, refuses_bad_base64) {
  auto good = token_of(R"({"sub":"alice"})");
  auto first = good.find('.');
  auto second = good.rfind('.');
  auto damaged = [&](std::size_t where) {
    auto copy = good;
    copy[where] = '+';
    return refusal(copy);
  };
  EXPECT_EQ(damaged(3), "The token's header is not base64url without padding.");
  EXPECT_EQ(damaged(first + 3),
            "The token's payload is not base64url without padding.");
  EXPECT_EQ(damaged(second + 3),
            "The token's signature is not base64url without padding.");
}

TEST(broken_token_test, refuses_padding_and_spaces) {
  auto good = token_of(R"({"sub":"alice"})");
  EXPECT_FALSE(refusal(good + "=").empty());
  EXPECT_FALSE(refusal(good + "\n").empty());
  EXPECT_FALSE(refusal(' ' + good).empty());
  EXPECT_EQ(refusal(good), "");
}

TEST(broken_token_test, refuses_every_truncation) {
  auto good = token_of(R"({"sub":"alice"})");
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(verify(good.substr(0, size))) << size;
}

TEST(broken_token_test, refuses_every_changed_character) {
  auto good = token_of(R"({"sub":"alice"})");
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto copy = good;
    copy[i] = copy[i] == 'Q' ? 'R' : 'Q';
    EXPECT_FALSE(verify(copy)) << i;
  }
}

TEST(broken_token_test, refuses_more_than_16_kib) {
  auto payload = R"({"sub":")" + std::string(12'000, 'a') + R"("})";
  auto too_long = R"({"sub":")" + std::string(16 * 1024, 'a') + R"("})";
  EXPECT_EQ(refusal(token_of(payload)), "");
  EXPECT_TRUE(
      refusal(token_of(too_long)).ends_with("at most 16384 are allowed."));
  EXPECT_EQ(refusal(std::string(1'000'000, '.')),
            "The token has 1000000 bytes; at most 16384 are allowed.");
}

TEST(broken_token_test, refuses_an_unsigned_token) {
  for (auto none : {"none", "None", "NONE", "nOnE"}) {
    auto header = R"({"alg":")"s + none + R"(","typ":"JWT"})";
    EXPECT_EQ(refusal(with_header(header)),
              "The token is not signed (its algorithm is \"none\").");
    auto bare = base64url(header) + '.' + base64url(R"({"sub":"root"})") + '.';
    EXPECT_EQ(refusal(bare),
              "The token is not signed (its algorithm is \"none\").");
  }
}

TEST(broken_token_test, refuses_an_unknown_algorithm) {
  EXPECT_EQ(refusal(with_header(R"({"alg":"PS256"})")),
            "The algorithm \"PS256\" is not supported.");
  EXPECT_EQ(refusal(with_header(R"({"alg":"hs256"})")),
            "The algorithm \"hs256\" is not supported.");
}

// The name comes from a stranger and ends in a log.
TEST(broken_token_test, does_not_repeat_a_strange_algorithm_name) {
  auto expected = "The algorithm that the token names is not supported.";
  EXPECT_EQ(refusal(with_header(R"({"alg":"a\nlog line"})")), expected);
  EXPECT_EQ(refusal(with_header(R"({"alg":"\u001b[31m"})")), expected);
  EXPECT_EQ(refusal(with_header(R"({"alg":"abcdefghijklmnopqrstuvwxyz"})")),
            expected);
}

TEST(broken_token_test, refuses_a_header_of_another_form) {
  EXPECT_EQ(refusal(with_header("[]")),
            "The token's header is not a JSON object.");
  EXPECT_EQ(refusal(with_header(R"({"alg":"HS256")")),
            "The token's header is not a JSON object.");
  EXPECT_EQ(refusal(with_header("{}")),
            "The token's header names no algorithm.");
  EXPECT_EQ(refusal(with_header(R"({"alg":256})")),
            "The token's header is wrong: \"alg\" must be a string.");
  EXPECT_EQ(refusal(with_header(R"({"alg":"HS256","alg":"none"})")),
            "The token's header is wrong: \"alg\" is there twice.");
}

TEST(broken_token_test, refuses_extensions_that_it_must_understand) {
  EXPECT_EQ(
      refusal(with_header(R"({"alg":"HS256","crit":["b64"],"b64":false})")),
      "The token's header asks for extensions that we do not know.");
}

TEST(broken_token_test, ignores_what_it_need_not_understand) {
  EXPECT_EQ(refusal(with_header(
                R"({"kid":"7","alg":"HS256","jku":"http://evil.example"})")),
            "");
}

TEST(broken_token_test, refuses_a_signature_of_another_length) {
  auto good = token_of(R"({"sub":"alice"})");
  auto text = good.substr(0, good.rfind('.'));
  auto whole = hmac_key{golden::secret}.sign(algorithm::hs256, text);
  for (std::size_t size = 1; size < whole.size(); ++size)
    EXPECT_EQ(refusal(text + '.' + base64url(whole.substr(0, size))),
              "The token's signature is wrong.");
  EXPECT_EQ(refusal(text + '.' + base64url(whole + '\0')),
            "The token's signature is wrong.");
}

TEST(broken_token_test, refuses_empty_and_zero_ecdsa_signatures) {
  token_keys keys;
  keys.ecdsa_public_key_pem = golden::p256_public_key;
  token_verifier verifier{keys};
  std::string text{golden::es256_token};
  text.resize(text.rfind('.') + 1);
  for (std::size_t size : {1, 32, 63, 64, 65, 128}) {
    auto zero = text + base64url(std::string(size, '\0'));
    EXPECT_FALSE(verifier.verify_connection(zero, at(noon))) << size;
    auto ones = text + base64url(std::string(size, '\xff'));
    EXPECT_FALSE(verifier.verify_connection(ones, at(noon))) << size;
  }
}
