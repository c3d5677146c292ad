#include "actors/auth/token_verifier.hpp"
#include "tests/net/ctl/ctl_support.hpp"

#include <chrono>
#include <fstream>
#include <unistd.h>

using namespace net;
using namespace std::chrono_literals;

namespace {

const std::string secret = "a-secret-of-the-tests";

actors::token_verifier verifier_for(std::string hmac_secret) {
  actors::token_keys keys;
  keys.hmac_secret = std::move(hmac_secret);
  return actors::token_verifier{keys};
}

/// The token on the only line of a successful command.
std::string token_of(const command_result& result) {
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out.find('\n'), result.out.size() - 1) << result.out;
  return result.out.substr(0, result.out.size() - 1);
}

std::string file_with(const std::string& name, const std::string& content) {
  auto path = testing::TempDir() + "roost_token_" + std::to_string(::getpid())
              + '_' + name;
  std::ofstream{path} << content;
  return path;
}

} // namespace

TEST(token_command_test, prints_a_connection_token) {
  auto now = std::chrono::system_clock::now();
  auto token = token_of(run_roost(
      {"token", "--secret", secret, "--user", "alice", "--ttl", "1h", "--info",
       R"({"name":"Alice"})", "--channels", "news,chat:lobby"}));

  auto claims = verifier_for(secret).verify_connection(token, now);

  ASSERT_TRUE(claims) << claims.error().why;
  EXPECT_EQ(claims->user, "alice");
  EXPECT_EQ(claims->info, R"({"name":"Alice"})");
  EXPECT_EQ(claims->channels, (std::vector<std::string>{"news", "chat:lobby"}));
  EXPECT_NEAR(
      static_cast<double>(claims->expire_at),
      static_cast<double>(std::chrono::system_clock::to_time_t(now) + 3600),
      60);
}

TEST(token_command_test, prints_a_subscription_token) {
  auto token = token_of(run_roost({"token", "--secret", secret, "--user",
                                   "alice", "--channel", "$secret"}));

  auto claims = verifier_for(secret).verify_subscription(
      token, std::chrono::system_clock::now());

  ASSERT_TRUE(claims) << claims.error().why;
  EXPECT_EQ(claims->channel, "$secret");
}

TEST(token_command_test, makes_tokens_that_expire_unless_told_otherwise) {
  auto later = std::chrono::system_clock::now() + 48h;
  auto verifier = verifier_for(secret);
  auto kept = token_of(run_roost({"token", "--secret", secret}));
  auto forever =
      token_of(run_roost({"token", "--secret", secret, "--ttl", "0s"}));

  EXPECT_FALSE(verifier.verify_connection(kept, later));
  EXPECT_TRUE(verifier.verify_connection(forever, later));
}

TEST(token_command_test, signs_as_the_configuration_expects) {
  auto file = file_with("config.toml", "[client.token]\n"
                                       "hmac_secret_key = \""
                                           + secret
                                           + "\"\n"
                                             "audience = \"game\"\n");
  actors::token_keys keys;
  keys.hmac_secret = secret;
  keys.audience = "game";

  auto token =
      token_of(run_roost({"token", "--config", file, "--user", "alice"}));

  auto claims = actors::token_verifier{keys}.verify_connection(
      token, std::chrono::system_clock::now());
  ASSERT_TRUE(claims) << claims.error().why;
  EXPECT_EQ(claims->user, "alice");
}

TEST(token_command_test, takes_the_key_of_subscriptions_where_they_have_one) {
  auto file =
      file_with("own.toml", "[client.token]\n"
                            "hmac_secret_key = \""
                                + secret
                                + "\"\n"
                                  "[client.subscription_token]\n"
                                  "enabled = true\n"
                                  "hmac_secret_key = \"another secret\"\n");

  auto token =
      token_of(run_roost({"token", "--config", file, "--channel", "news"}));

  EXPECT_TRUE(
      verifier_for("another secret")
          .verify_subscription(token, std::chrono::system_clock::now()));
}

TEST(token_command_test, refuses_a_configuration_without_a_secret) {
  auto file = file_with("none.toml", "[node]\nname = \"a\"\n");
  auto result = run_roost({"token", "--config", file});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_NE(result.err.find("has no client.token.hmac_secret_key"),
            std::string::npos)
      << result.err;
}

TEST(token_command_test, refuses_a_configuration_that_is_not_there) {
  auto result = run_roost({"token", "--config", "/no/such/file.toml"});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_NE(result.err.find("/no/such/file.toml"), std::string::npos);
}

TEST(token_command_test, refuses_no_key_and_two_keys) {
  EXPECT_EQ(run_roost({"token", "--user", "alice"}).code, 2);
  EXPECT_EQ(run_roost({"token", "--secret", "a", "--config", "b"}).code, 2);
}

TEST(token_command_test, refuses_what_makes_no_token) {
  auto code = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"token", "--secret", secret});
    auto result = run_roost(std::move(arguments));
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err, "");
    return result.code;
  };
  EXPECT_EQ(code({"--info", "{"}), 2);
  EXPECT_EQ(code({"--ttl", "long"}), 2);
  EXPECT_EQ(code({"--ttl", "10ms"}), 2);
  EXPECT_EQ(code({"--client", "c-1"}), 2);
  EXPECT_EQ(code({"--channel", "a", "--channels", "b"}), 2);
  EXPECT_EQ(code({"--algorithm", "none"}), 2);
  EXPECT_EQ(code({"--algorithm", "RS256"}), 2);
}
