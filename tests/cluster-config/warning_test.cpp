#include "cluster-config/warnings.hpp"
#include "tests/cluster-config/support.hpp"

#include <gmock/gmock.h>

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace config {
namespace {

std::vector<std::string> warnings_of(const std::string& text) {
  return warnings(parse(text, "node.toml"));
}

TEST(warning_test, there_are_none_by_default) {
  EXPECT_THAT(warnings(node_config{}), IsEmpty());
}

TEST(warning_test, a_short_secret_is_named_and_not_shown) {
  const std::string good(32, 's');
  EXPECT_THAT(warnings_of("[client.token]\nhmac_secret_key = \"" + good + '"'),
              IsEmpty());
  EXPECT_THAT(
      warnings_of("[client.token]\nhmac_secret_key = \"hush\""),
      ElementsAre(AllOf(HasSubstr("client.token.hmac_secret_key has 4 bytes"),
                        Not(HasSubstr("hush")))));
  EXPECT_THAT(
      warnings_of("[client.token]\nhmac_secret_key = \"" + good
                  + "\"\nhmac_previous_secret_key = \"hush\"\n"
                    "[client.subscription_token]\nenabled = true\n"
                    "hmac_secret_key = \"hush\""),
      ElementsAre(
          HasSubstr("client.token.hmac_previous_secret_key has 4 bytes"),
          HasSubstr("client.subscription_token.hmac_secret_key has 4 bytes")));
}

TEST(warning_test, a_short_secret_of_the_cluster_is_named) {
  node_config config;
  config.cluster.emplace().secret = std::string(16, 's');
  EXPECT_THAT(warnings(config),
              ElementsAre(HasSubstr("cluster.secret has 16 bytes")));
}

TEST(warning_test, every_origin_beside_a_cookie_is_named) {
  const std::string cookie = "\n[client.token]\ncookie = \"token\"";
  EXPECT_THAT(warnings_of("[http]\nallowed_origins = [\"*\"]"), IsEmpty());
  EXPECT_THAT(
      warnings_of("[http]\nallowed_origins = [\"https://a.example\"]" + cookie),
      IsEmpty());
  EXPECT_THAT(
      warnings_of("[http]\nallowed_origins = [\"https://a.example\", \"*\"]"
                  + cookie),
      ElementsAre(HasSubstr("http.allowed_origins has \"*\" beside "
                            "client.token.cookie")));
}

TEST(warning_test, what_lets_everybody_in_is_named) {
  EXPECT_THAT(warnings_of("[http]\ndemo_page = true\n[client]\ninsecure = true"
                          "\n[api]\ninsecure = true"),
              ElementsAre(HasSubstr("http.demo_page is on: "),
                          HasSubstr("client.insecure is on: "),
                          HasSubstr("api.insecure is on: ")));
}

} // namespace
} // namespace config
