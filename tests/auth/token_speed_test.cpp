// Logs what a check costs; the bound only catches a mistake of an order of
// magnitude, such as setting up the key for each token.

#include "tests/auth/token_support.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <string>

using namespace actors;

namespace {

double microseconds_per_check(const token_verifier& verifier,
                              std::string_view token, int rounds) {
  auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < rounds; ++i)
    if (!verifier.verify_connection(token, at(noon)))
      return -1;
  std::chrono::duration<double, std::micro> took =
      std::chrono::steady_clock::now() - start;
  return took.count() / rounds;
}

} // namespace

TEST(token_speed_test, checks_a_token_in_microseconds) {
  auto keys = hmac_keys();
  keys.rsa_public_key_pem = golden::rsa_public_key;
  keys.ecdsa_public_key_pem = golden::p256_public_key;
  token_verifier verifier{keys};

  auto hs256 = microseconds_per_check(verifier, golden::hs256_token, 20'000);
  auto rs256 = microseconds_per_check(verifier, golden::rs256_token, 500);
  auto es256 = microseconds_per_check(verifier, golden::es256_token, 500);
  std::printf("a check takes: HS256 %.1f us, RS256 %.1f us, ES256 %.1f us\n",
              hs256, rs256, es256);

  ASSERT_GT(hs256, 0);
  EXPECT_LT(hs256, 1'000);
}
