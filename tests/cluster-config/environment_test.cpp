#include "cluster-config/option_table.hpp"
#include "support.hpp"

#include <set>

namespace config {

using namespace std::chrono_literals;

TEST(environment_test, overrides_the_file) {
  auto config = parse("[http]\nlisten = \"127.0.0.1:1\"\n", "node.toml",
                      {{"ROOST_HTTP_LISTEN", "127.0.0.1:2"},
                       {"ROOST_HTTP_DEMO_PAGE", "true"},
                       {"ROOST_NODE_LANES", "7"},
                       {"ROOST_NODE_ROLES", "gateway, coordinator"},
                       {"ROOST_CLIENT_TOKEN_HMAC_SECRET_KEY", "k"},
                       {"ROOST_CLIENT_PONG_TIMEOUT", "2s"},
                       {"ROOST_API_MAX_BODY", "2MiB"},
                       {"ROOST_WEBSOCKET_MESSAGE_SIZE_LIMIT", "70000"}});
  EXPECT_EQ(config.http.listen.front().network.port, 2);
  EXPECT_TRUE(config.http.demo_page);
  EXPECT_EQ(config.node.lanes, 7u);
  EXPECT_EQ(config.client.token.hmac_secret_key, "k");
  EXPECT_EQ(config.client.pong_timeout, 2s);
  EXPECT_EQ(config.api.max_body, 2u << 20);
  EXPECT_EQ(config.websocket.message_size_limit, 70000u);
}

TEST(environment_test, can_make_a_cluster) {
  auto config = parse("", "node.toml",
                      {{"ROOST_CLUSTER_COORDINATORS", "127.0.0.1:7000"},
                       {"ROOST_CLUSTER_SECRET", "0123456789abcdef"}});
  ASSERT_TRUE(config.cluster);
  EXPECT_EQ(config.cluster->coordinators.size(), 1u);
}

TEST(environment_test, takes_namespaces_as_json) {
  auto config = parse("[[channel.namespaces]]\nname = \"old\"\n", "node.toml",
                      {{"ROOST_CHANNEL_NAMESPACES",
                        "[\n {\"name\": \"chat\", \"presence\": true,\n"
                        "  \"channel_regex\": \"^a:\\\\d\\/$\"},\n"
                        " {\"name\": \"game\"}\n]"}});
  EXPECT_EQ(config.channel.namespaces.size(), 2u);
  EXPECT_TRUE(config.channel.find("chat:x")->presence);
  EXPECT_EQ(config.channel.find("chat:x")->channel_regex.text(), "^a:\\d/$");
  EXPECT_EQ(config.channel.find("old:x"), nullptr);
}

TEST(environment_test, takes_namespaces_as_toml) {
  auto config = parse(
      "", "node.toml",
      {{"ROOST_CHANNEL_NAMESPACES", "[{name = \"chat\", presence = true}]"}});
  EXPECT_TRUE(config.channel.find("chat:x")->presence);
}

TEST(environment_test, names_the_variable_of_a_wrong_value) {
  EXPECT_EQ(refusal("", {{"ROOST_HTTP_LISTEN", "8000"}}),
            "environment: ROOST_HTTP_LISTEN: http.listen: found \"8000\";"
            " allowed: \"host:port\", an IPv6 host in brackets, \"unix:PATH\","
            " or an array of up to 16 such");
  EXPECT_EQ(refusal("", {{"ROOST_NODE_LANES", "many"}}),
            "environment: ROOST_NODE_LANES: node.lanes: found \"many\";"
            " allowed: an integer from 0 to 1024");
  EXPECT_EQ(refusal("", {{"ROOST_HTTP_DEMO_PAGE", "yes"}}),
            "environment: ROOST_HTTP_DEMO_PAGE: http.demo_page: found \"yes\";"
            " allowed: true or false");
}

TEST(environment_test, names_the_variable_of_a_broken_relation) {
  EXPECT_EQ(refusal("[client]\nping_interval = \"9s\"\n",
                    {{"ROOST_CLIENT_PONG_TIMEOUT", "9s"}}),
            "environment: ROOST_CLIENT_PONG_TIMEOUT: client.pong_timeout: found"
            " \"9s\"; allowed: less than client.ping_interval, which is"
            " \"9s\"");
}

TEST(environment_test, names_an_unknown_variable_and_the_nearest) {
  EXPECT_EQ(refusal("", {{"ROOST_HTTP_LISTN", "x"}}),
            "environment: ROOST_HTTP_LISTN: found an unknown variable; allowed:"
            " ROOST_SECTION_KEY for a key of the configuration (nearest:"
            " ROOST_HTTP_LISTEN)");
}

TEST(environment_test, names_a_mistake_in_the_namespaces) {
  EXPECT_EQ(refusal("", {{"ROOST_CHANNEL_NAMESPACES", "chat"}}),
            "environment: ROOST_CHANNEL_NAMESPACES: channel.namespaces: found"
            " neither TOML nor JSON; allowed: an array of tables, such as"
            " [{name = \"chat\"}]");
  EXPECT_EQ(refusal("", {{"ROOST_CHANNEL_NAMESPACES", "[]\n[http]"}}),
            "environment: ROOST_CHANNEL_NAMESPACES: channel.namespaces: found"
            " neither TOML nor JSON; allowed: an array of tables, such as"
            " [{name = \"chat\"}]");
  EXPECT_EQ(refusal("", {{"ROOST_CHANNEL_NAMESPACES", "[1]"}}),
            "environment: ROOST_CHANNEL_NAMESPACES: channel.namespaces[0]:"
            " found 1; allowed: tables [[channel.namespaces]]");
  EXPECT_EQ(refusal("", {{"ROOST_CHANNEL_NAMESPACES",
                          "[{\"name\":\"chat\",\"history_size\":5}]"}}),
            "environment: ROOST_CHANNEL_NAMESPACES:"
            " channel.namespaces.chat.history_size: found history_size 5 with"
            " history_ttl \"0s\"; allowed: history_size and history_ttl both"
            " above 0, or neither");
}

TEST(environment_test, never_shows_a_secret) {
  auto line = refusal("", {{"ROOST_CLUSTER_COORDINATORS", "127.0.0.1:7000"},
                           {"ROOST_CLUSTER_SECRET", "hunter2"}});
  EXPECT_EQ(line, "environment: ROOST_CLUSTER_SECRET: cluster.secret: found 7"
                  " bytes; allowed: at least 16 bytes");
}

TEST(environment_test, lets_the_variables_of_container_platforms_be) {
  // What Kubernetes sets for services named "roost" and "roost-internal".
  EXPECT_EQ(refusal("", {{"ROOST_SERVICE_HOST", "10.0.0.1"},
                         {"ROOST_SERVICE_PORT", "8000"},
                         {"ROOST_SERVICE_PORT_HTTP", "8000"},
                         {"ROOST_PORT", "tcp://10.0.0.1:8000"},
                         {"ROOST_PORT_8000_TCP", "tcp://10.0.0.1:8000"},
                         {"ROOST_PORT_8000_TCP_ADDR", "10.0.0.1"},
                         {"ROOST_INTERNAL_SERVICE_HOST", "10.0.0.2"},
                         {"ROOST_INTERNAL_PORT", "tcp://10.0.0.2:9000"}}),
            "accepted");
  EXPECT_NE(refusal("", {{"ROOST_PORT", "8000"}}), "accepted");
}

TEST(environment_test, gives_each_key_a_name_of_its_own) {
  std::set<std::string> names{"ROOST_CHANNEL_NAMESPACES"};
  for (const auto& option : node_options())
    EXPECT_TRUE(names.insert(variable_name(option.key)).second) << option.key;
}

TEST(environment_test, reads_the_variables_of_the_process) {
  setenv("ROOST_HTTP_LISTEN", "127.0.0.1:3", 1);
  setenv("ROOST_CTL_KEY", "k", 1);
  auto variables = process_environment();
  unsetenv("ROOST_HTTP_LISTEN");
  unsetenv("ROOST_CTL_KEY");
  EXPECT_EQ(variables["ROOST_HTTP_LISTEN"], "127.0.0.1:3");
  EXPECT_FALSE(variables.contains("PATH"));
  EXPECT_FALSE(variables.contains("ROOST_CTL_KEY"));
}

} // namespace config
