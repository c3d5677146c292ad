// Tokens that other implementations signed.

#include "tests/auth/token_support.hpp"

#include <gtest/gtest.h>

using namespace actors;

namespace {

/// A verifier with every kind of key, EC on the curve of `ec_key`.
token_verifier all_keys(std::string_view ec_key) {
  token_keys keys;
  keys.hmac_secret = golden::secret;
  keys.rsa_public_key_pem = golden::rsa_public_key;
  keys.ecdsa_public_key_pem = ec_key;
  return token_verifier{keys};
}

void expect_alice(const token_verifier& verifier, std::string_view token) {
  auto result = verifier.verify_connection(token, at(noon));
  ASSERT_TRUE(result) << result.error().why;
  EXPECT_EQ(result->user, "alice");
  EXPECT_EQ(result->expire_at, 2'000'000'000);
  EXPECT_EQ(result->issued_at, 1'700'000'000);
}

/// The same token with one bit of its signature's first byte turned.
std::string forged(std::string_view token) {
  std::string copy{token};
  auto& c = copy[copy.rfind('.') + 1];
  c = c == 'A' ? 'B' : 'A';
  return copy;
}

} // namespace

TEST(golden_token_test, accepts_every_algorithm) {
  auto p256 = all_keys(golden::p256_public_key);
  expect_alice(p256, golden::hs256_token);
  expect_alice(p256, golden::hs384_token);
  expect_alice(p256, golden::hs512_token);
  expect_alice(p256, golden::rs256_token);
  expect_alice(p256, golden::rs384_token);
  expect_alice(p256, golden::rs512_token);
  expect_alice(p256, golden::es256_token);
  expect_alice(all_keys(golden::p384_public_key), golden::es384_token);
  expect_alice(all_keys(golden::p521_public_key), golden::es512_token);
}

TEST(golden_token_test, refuses_a_forged_signature_of_every_algorithm) {
  auto p256 = all_keys(golden::p256_public_key);
  for (auto token :
       {golden::hs256_token, golden::hs384_token, golden::hs512_token,
        golden::rs256_token, golden::rs384_token, golden::rs512_token,
        golden::es256_token}) {
    auto result = p256.verify_connection(forged(token), at(noon));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, token_error_kind::invalid);
    EXPECT_EQ(result.error().why, "The token's signature is wrong.");
  }
  EXPECT_FALSE(all_keys(golden::p384_public_key)
                   .verify_connection(forged(golden::es384_token), at(noon)));
  EXPECT_FALSE(all_keys(golden::p521_public_key)
                   .verify_connection(forged(golden::es512_token), at(noon)));
}

TEST(golden_token_test, accepts_the_older_form_of_an_rsa_key) {
  token_keys keys;
  keys.rsa_public_key_pem = golden::rsa_pkcs1_public_key;
  token_verifier verifier{keys};

  // Another key than the token's: it is read, and does not fit.
  auto result = verifier.verify_connection(golden::rs256_token, at(noon));

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().why, "The token's signature is wrong.");
}

TEST(golden_token_test, refuses_an_hmac_made_with_the_rsa_public_key) {
  token_keys keys;
  keys.rsa_public_key_pem = golden::rsa_public_key;
  auto without_secret = token_verifier{keys}.verify_connection(
      golden::hs256_by_rsa_public_key_token, at(noon));
  auto with_secret =
      all_keys(golden::p256_public_key)
          .verify_connection(golden::hs256_by_rsa_public_key_token, at(noon));

  ASSERT_FALSE(without_secret);
  EXPECT_EQ(without_secret.error().why,
            "The token is signed with HS256, for which no key is configured.");
  ASSERT_FALSE(with_secret);
  EXPECT_EQ(with_secret.error().why, "The token's signature is wrong.");
}

TEST(golden_token_test, refuses_an_ecdsa_signature_in_der) {
  auto result = all_keys(golden::p256_public_key)
                    .verify_connection(golden::es256_der_token, at(noon));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().why, "The token's signature is wrong.");
}

TEST(golden_token_test, refuses_an_algorithm_of_another_curve) {
  auto result = all_keys(golden::p384_public_key)
                    .verify_connection(golden::es256_token, at(noon));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().why,
            "The token is signed with ES256, but the configured EC key serves "
            "ES384 only.");
}

// RFC 7515 appendix A.1; its header has a line break in it.
TEST(golden_token_test, accepts_the_example_of_the_standard) {
  token_keys keys;
  keys.hmac_secret = "\x03\x23\x35\x4b\x2b\x0f\xa5\xbc\x83\x7e\x06\x65\x77\x7b"
                     "\xa6\x8f\x5a\xb3\x28\xe6\xf0\x54\xc9\x28\xa9\x0f\x84\xb2"
                     "\xd2\x50\x2e\xbf\xd3\xfb\x5a\x92\xd2\x06\x47\xef\x96\x8a"
                     "\xb4\xc3\x77\x62\x3d\x22\x3d\x2e\x21\x72\x05\x2e\x4f\x08"
                     "\xc0\xcd\x9a\xf5\x67\xd0\x80\xa3";
  keys.issuer = "joe";
  token_verifier verifier{keys};
  auto token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
               ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9l"
               "eGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
               ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

  auto result = verifier.verify_connection(token, at(1'300'819'379));

  ASSERT_TRUE(result) << result.error().why;
  EXPECT_EQ(result->issuer, "joe");
  EXPECT_EQ(result->expire_at, 1'300'819'380);
}

// The token that jwt.io shows to every visitor.
TEST(golden_token_test, accepts_the_example_of_jwt_io) {
  token_keys keys;
  keys.hmac_secret = "your-256-bit-secret";
  auto token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
               ".eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0Ijox"
               "NTE2MjM5MDIyfQ"
               ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";

  auto result = token_verifier{keys}.verify_connection(token, at(noon));

  ASSERT_TRUE(result) << result.error().why;
  EXPECT_EQ(result->user, "1234567890");
  EXPECT_EQ(result->expire_at, 0);
}
