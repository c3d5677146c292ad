#include "tests/auth/token_support.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace actors;

namespace {

std::string refused_keys(const token_keys& keys) {
  try {
    token_verifier verifier{keys};
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return {};
}

std::string refused_rsa(std::string_view pem) {
  token_keys keys;
  keys.rsa_public_key_pem = pem;
  return refused_keys(keys);
}

std::string refused_ec(std::string_view pem) {
  token_keys keys;
  keys.ecdsa_public_key_pem = pem;
  return refused_keys(keys);
}

std::string refusal_by(const token_keys& keys, std::string_view token) {
  auto result = token_verifier{keys}.verify_connection(token, at(noon));
  return result ? std::string{} : result.error().why;
}

} // namespace

TEST(token_verifier_test, refuses_every_token_without_keys) {
  token_verifier verifier{token_keys{}};
  for (auto token :
       {golden::hs256_token, golden::rs256_token, golden::es256_token}) {
    auto result = verifier.verify_connection(token, at(noon));
    ASSERT_FALSE(result);
    EXPECT_TRUE(
        result.error().why.ends_with("for which no key is configured."));
  }
}

TEST(token_verifier_test, accepts_the_previous_secret_during_a_rotation) {
  token_keys keys;
  keys.hmac_secret = "new";
  keys.hmac_previous_secret = golden::secret;
  auto by = [](std::string_view secret) {
    return signed_token(hs256_header, R"({"sub":"alice"})", secret);
  };
  EXPECT_EQ(refusal_by(keys, by("new")), "");
  EXPECT_EQ(refusal_by(keys, by(golden::secret)), "");
  EXPECT_EQ(refusal_by(keys, by("older")), "The token's signature is wrong.");
  keys.hmac_previous_secret.clear();
  EXPECT_EQ(refusal_by(keys, by(golden::secret)),
            "The token's signature is wrong.");
}

TEST(token_verifier_test, checks_the_audience) {
  auto keys = hmac_keys();
  keys.audience = "game";
  auto expected = "The token is for another audience.";
  EXPECT_EQ(refusal_by(keys, token_of(R"({"aud":"game"})")), "");
  EXPECT_EQ(refusal_by(keys, token_of(R"({"aud":["shop","game"]})")), "");
  EXPECT_EQ(refusal_by(keys, token_of(R"({"aud":"shop"})")), expected);
  EXPECT_EQ(refusal_by(keys, token_of(R"({"aud":"games"})")), expected);
  EXPECT_EQ(refusal_by(keys, token_of(R"({"aud":[]})")), expected);
  EXPECT_EQ(refusal_by(keys, token_of("{}")), expected);
  EXPECT_EQ(refusal(token_of(R"({"aud":"shop"})")), "");
}

TEST(token_verifier_test, checks_the_issuer) {
  auto keys = hmac_keys();
  keys.issuer = "https://game.example";
  auto expected = "The token is from another issuer.";
  EXPECT_EQ(refusal_by(keys, token_of(R"({"iss":"https://game.example"})")),
            "");
  EXPECT_EQ(refusal_by(keys, token_of(R"({"iss":"https://game.example/"})")),
            expected);
  EXPECT_EQ(refusal_by(keys, token_of("{}")), expected);
}

TEST(token_verifier_test, checks_subscriptions_as_it_does_connections) {
  auto keys = hmac_keys();
  keys.audience = "game";
  token_verifier verifier{keys};
  auto verify = [&](std::string_view payload) {
    return verifier.verify_subscription(token_of(payload), at(noon));
  };
  EXPECT_TRUE(verify(R"({"channel":"a","aud":"game"})"));
  EXPECT_EQ(verify(R"({"channel":"a","aud":"shop"})").error().why,
            "The token is for another audience.");
  EXPECT_EQ(verify(R"({"channel":"a","aud":"game","exp":5})").error().kind,
            token_error_kind::expired);
}

TEST(token_verifier_test, names_what_is_wrong_with_a_key) {
  EXPECT_EQ(refused_rsa("garbage"), "The RSA public key can't be used: it is "
                                    "not a public key in PEM form.");
  EXPECT_EQ(refused_rsa("-----BEGIN PUBLIC KEY-----\nAAAA\n"
                        "-----END PUBLIC KEY-----\n"),
            "The RSA public key can't be used: it is not a public key in PEM "
            "form.");
  EXPECT_EQ(refused_rsa(golden::p256_public_key),
            "The RSA public key can't be used: it is not an RSA key.");
  EXPECT_EQ(refused_rsa(golden::rsa_1024_public_key),
            "The RSA public key can't be used: the RSA key has 1024 bits; at "
            "least 2048 are needed.");
  EXPECT_EQ(refused_rsa(golden::rsa_private_key),
            "The RSA public key can't be used: it is a private key; a node "
            "needs the public one only.");
  EXPECT_EQ(refused_ec(golden::rsa_public_key),
            "The ECDSA public key can't be used: it is not an EC key.");
  EXPECT_EQ(refused_ec(golden::ed25519_public_key),
            "The ECDSA public key can't be used: it is not an EC key.");
  EXPECT_EQ(refused_ec(golden::secp256k1_public_key),
            "The ECDSA public key can't be used: the EC key is on the curve "
            "\"secp256k1\"; allowed are P-256, P-384 and P-521.");
}

TEST(token_verifier_test, refuses_a_key_cut_anywhere) {
  for (auto pem : {golden::rsa_public_key, golden::p256_public_key}) {
    // The last line break may be missing.
    auto whole = pem.substr(0, pem.size() - 1);
    for (std::size_t size = 1; size < whole.size(); ++size)
      EXPECT_NE(refused_rsa(whole.substr(0, size)), "") << size;
  }
}

TEST(token_verifier_test, refuses_secrets_that_can_not_be_meant) {
  auto keys = hmac_keys();
  keys.hmac_secret = golden::rsa_public_key;
  EXPECT_EQ(refused_keys(keys), "The HMAC secret holds a PEM key; it must be a "
                                "shared secret.");
  keys = token_keys{};
  keys.hmac_previous_secret = "old";
  EXPECT_EQ(refused_keys(keys),
            "There is a previous HMAC secret but no current one.");
}

TEST(token_verifier_test, serves_many_threads) {
  token_keys keys = hmac_keys();
  keys.rsa_public_key_pem = golden::rsa_public_key;
  keys.ecdsa_public_key_pem = golden::p256_public_key;
  const token_verifier verifier{keys};
  std::atomic<int> accepted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round)
        for (auto token : {golden::hs256_token, golden::hs512_token,
                           golden::rs256_token, golden::es256_token})
          if (verifier.verify_connection(token, at(noon)))
            ++accepted;
    });
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(accepted, 4 * 20 * 4);
}

TEST(token_verifier_test, knows_a_guest_by_the_key_of_guests) {
  token_keys keys;
  keys.hmac_secret = golden::secret;
  keys.guest_secret = "guests";
  const token_verifier verifier{keys};
  auto by = [&](std::string_view secret, std::string_view claims) {
    return verifier.verify_connection(
        signed_token(hs256_header, claims, secret), at(noon));
  };
  constexpr std::string_view bob = R"({"sub":"demo:bob"})";
  EXPECT_TRUE(by("guests", bob)->guest);
  EXPECT_FALSE(by(golden::secret, bob)->guest);
  EXPECT_EQ(by("others", bob).error().why, "The token's signature is wrong.");
}

TEST(token_verifier_test, lets_a_guest_be_nobody_else_and_bring_no_rooms) {
  token_keys keys;
  keys.guest_secret = "guests";
  const token_verifier verifier{keys};
  for (const auto* claims :
       {R"({"sub":"bob"})", R"({"sub":""})", R"({})", R"({"sub":"demo"})",
        R"({"sub":"demo:bob","channels":["chat:1"]})",
        R"({"sub":"demo:bob","subs":{"chat:1":{}}})"})
    EXPECT_FALSE(verifier.verify_connection(
        signed_token(hs256_header, claims, "guests"), at(noon)))
        << claims;
  EXPECT_FALSE(verifier.verify_subscription(
      signed_token(hs256_header, R"({"sub":"demo:bob","channel":"demo:1"})",
                   "guests"),
      at(noon)));
}
