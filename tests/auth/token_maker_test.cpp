#include "actors/auth/token_maker.hpp"
#include "tests/auth/token_support.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

using namespace actors;
using namespace std::chrono_literals;

namespace {

token_options options_for(std::string user) {
  token_options options;
  options.hmac_secret = golden::secret;
  options.user = std::move(user);
  options.now = at(noon);
  return options;
}

std::string refused(const token_options& options) {
  try {
    return "made " + make_token(options);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

std::string accepted_user(const token_keys& keys, const std::string& token) {
  auto result = token_verifier{keys}.verify_connection(token, at(noon));
  return result ? result->user : result.error().why;
}

} // namespace

// By node: createHmac("sha256", secret) over the same header and payload.
TEST(token_maker_test, makes_the_bytes_that_others_make) {
  auto options = options_for("alice");
  EXPECT_EQ(make_token(options),
            signed_token(R"({"alg":"HS256","typ":"JWT"})",
                         R"({"sub":"alice","iat":1750000000})"));
}

TEST(token_maker_test, makes_connection_tokens) {
  auto options = options_for("alice");
  options.ttl = 60s;
  options.info = R"({ "name": "Alice" })";
  options.channels = {"news", "chat:lobby"};
  options.meta = R"({"region":"eu"})";

  auto result = verify(make_token(options));

  ASSERT_TRUE(result) << result.error().why;
  EXPECT_EQ(result->user, "alice");
  EXPECT_EQ(result->issued_at, noon);
  EXPECT_EQ(result->expire_at, noon + 60);
  EXPECT_EQ(result->info, R"({"name":"Alice"})");
  EXPECT_EQ(result->channels, options.channels);
  EXPECT_EQ(result->meta, options.meta);
}

TEST(token_maker_test, makes_subscription_tokens) {
  auto options = options_for("alice");
  options.channel = "$secret";
  options.client = "c-1";
  options.audience = "game";
  options.issuer = "backend";
  auto keys = hmac_keys();
  keys.audience = "game";
  keys.issuer = "backend";

  auto result =
      token_verifier{keys}.verify_subscription(make_token(options), at(noon));

  ASSERT_TRUE(result) << result.error().why;
  EXPECT_EQ(result->user, "alice");
  EXPECT_EQ(result->channel, "$secret");
  EXPECT_EQ(result->client, "c-1");
  EXPECT_EQ(result->expire_at, 0);
}

TEST(token_maker_test, escapes_what_json_must_not_hold) {
  auto user = std::string("a\"b\\c\n\x01\x1f d\xc3\xa9");
  auto result = verify(make_token(options_for(user)));
  ASSERT_TRUE(result) << result.error().why;
  EXPECT_EQ(result->user, user);
}

TEST(token_maker_test, signs_with_every_algorithm) {
  auto options = options_for("alice");
  for (auto alg : {"HS256", "HS384", "HS512"}) {
    options.algorithm = alg;
    EXPECT_EQ(accepted_user(hmac_keys(), make_token(options)), "alice");
  }
  options.hmac_secret.clear();
  options.private_key_pem = golden::rsa_private_key;
  token_keys keys;
  keys.rsa_public_key_pem = golden::rsa_public_key;
  for (auto alg : {"", "RS256", "RS384", "RS512"}) {
    options.algorithm = alg;
    EXPECT_EQ(accepted_user(keys, make_token(options)), "alice");
  }
}

TEST(token_maker_test, signs_with_the_algorithm_of_the_curve) {
  auto options = options_for("alice");
  options.hmac_secret.clear();
  auto user_of = [&](std::string_view private_key, std::string_view public_key,
                     const char* algorithm) {
    options.private_key_pem = private_key;
    options.algorithm = algorithm;
    token_keys keys;
    keys.ecdsa_public_key_pem = public_key;
    return accepted_user(keys, make_token(options));
  };
  EXPECT_EQ(user_of(golden::p256_private_key, golden::p256_public_key, ""),
            "alice");
  EXPECT_EQ(user_of(golden::p384_private_key, golden::p384_public_key, ""),
            "alice");
  EXPECT_EQ(user_of(golden::p521_private_key, golden::p521_public_key, "ES512"),
            "alice");
}

TEST(token_maker_test, refuses_keys_that_do_not_fit) {
  auto options = options_for("alice");
  options.algorithm = "RS256";
  EXPECT_EQ(refused(options), "RS256 needs a private key.");
  options.algorithm = "none";
  EXPECT_TRUE(
      refused(options).starts_with("The algorithm \"none\" is unknown"));
  options.private_key_pem = golden::p256_private_key;
  EXPECT_EQ(refused(options),
            "Either a secret or a private key must be given.");
  options.hmac_secret.clear();
  options.algorithm = "ES384";
  EXPECT_EQ(refused(options), "The private key does not serve ES384.");
  options.algorithm = "HS256";
  EXPECT_EQ(refused(options), "The private key does not serve HS256.");
  options.private_key_pem = golden::p256_public_key;
  EXPECT_EQ(refused(options), "The private key can't be used: it is not an "
                              "unencrypted private key in PEM form.");
  options.private_key_pem.clear();
  EXPECT_EQ(refused(options),
            "Either a secret or a private key must be given.");
}

TEST(token_maker_test, refuses_options_that_do_not_fit_together) {
  auto options = options_for("alice");
  options.client = "c-1";
  EXPECT_EQ(refused(options),
            "Only a subscription token names a client; give a channel.");
  options = options_for("alice");
  options.channel = "news";
  options.channels = {"news"};
  EXPECT_EQ(refused(options),
            "A subscription token takes no list of channels and no meta.");
  options = options_for("alice");
  options.ttl = 0s;
  EXPECT_EQ(refused(options), "The time to live must be above 0 s.");
}

TEST(token_maker_test, refuses_what_no_node_would_accept) {
  auto options = options_for("alice");
  options.info = "{";
  EXPECT_EQ(refused(options), "The info is not JSON.");
  options = options_for("\xff");
  EXPECT_EQ(refused(options), "The sub is not UTF-8.");
  options = options_for(std::string(20'000, 'a'));
  EXPECT_TRUE(refused(options).ends_with("nodes accept at most 16384."));
}
