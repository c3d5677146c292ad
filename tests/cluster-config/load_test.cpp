#include "support.hpp"

namespace config {

using namespace std::chrono_literals;

TEST(load_test, takes_defaults_for_what_is_left_out) {
  auto config = parse("", "node.toml");
  node_config expected;
  expected.node.name = config.node.name;
  EXPECT_EQ(config, expected);
  EXPECT_FALSE(config.node.name.empty());
}

TEST(load_test, reads_every_kind_of_value) {
  auto config = parse(R"(
[node]
name = "alpha"
lanes = 3

[http]
listen = "[::]:80"
allowed_origins = ["https://example.com", "https://*.example.com:8443", "*"]
demo_page = true
max_header_bytes = "16KiB"

[websocket]
message_size_limit = 100000

[client]
ping_interval = "1m"
pong_timeout = "1500ms"

[client.token]
hmac_secret_key = "k"
cookie = "session"

[log]
level = "debug"
format = "json"
)",
                      "node.toml");
  EXPECT_EQ(config.node.name, "alpha");
  EXPECT_EQ(config.node.lanes, 3u);
  EXPECT_EQ(config.http.listen,
            (std::vector<socket_address>{{{"::", 80}, {}}}));
  EXPECT_EQ(config.http.allowed_origins.size(), 3u);
  EXPECT_TRUE(config.http.demo_page);
  EXPECT_EQ(config.http.max_header_bytes, 16384u);
  EXPECT_EQ(config.websocket.message_size_limit, 100000u);
  EXPECT_EQ(config.client.ping_interval, 60s);
  EXPECT_EQ(config.client.pong_timeout, 1500ms);
  EXPECT_EQ(config.client.token.hmac_secret_key, "k");
  EXPECT_EQ(config.client.token.cookie, "session");
  EXPECT_EQ(config.log.level, log_level::debug);
  EXPECT_EQ(config.log.format, log_format::json);
}

TEST(load_test, reads_namespaces) {
  auto config = parse(R"(
[channel.without_namespace]
allow_subscribe_for_client = true

[[channel.namespaces]]
name = "chat"
history_size = 100
history_ttl = "10m"
history_meta_ttl = "30d"
force_recovery = true
force_recovery_mode = "cache"
channel_regex = "^[a-z]+$"
publication_data_format = "json"

[[channel.namespaces]]
name = "game.v2"
presence = true
allow_channel_compaction = false
)",
                      "node.toml");
  EXPECT_TRUE(config.channel.without_namespace.allow_subscribe_for_client);
  ASSERT_EQ(config.channel.namespaces.size(), 2u);
  const auto& chat = *config.channel.find("chat:a");
  EXPECT_EQ(chat.history_size, 100u);
  EXPECT_EQ(chat.history_ttl, 10min);
  EXPECT_EQ(chat.history_meta_ttl, 720h);
  EXPECT_TRUE(chat.force_recovery);
  EXPECT_EQ(chat.force_recovery_mode, recovery_mode::cache);
  EXPECT_FALSE(chat.channel_regex.matches("A"));
  EXPECT_EQ(chat.publication_data_format, data_format::json);
  EXPECT_FALSE(config.channel.find("game.v2:a")->allow_channel_compaction);
  EXPECT_FALSE(chat.allow_subscribe_for_client);
}

TEST(load_test, copies_rooms_with_history_once_unless_told_otherwise) {
  auto config = parse(R"(
[channel.without_namespace]
history_size = 1
history_ttl = "1m"

[[channel.namespaces]]
name = "plain"

[[channel.namespaces]]
name = "kept"
history_size = 1
history_ttl = "1m"

[[channel.namespaces]]
name = "alone"
history_size = 1
history_ttl = "1m"
replicas = 0

[[channel.namespaces]]
name = "safe"
history_size = 1
history_ttl = "1m"
replicas = 2
)",
                      "node.toml");
  EXPECT_EQ(config.channel.without_namespace.replicas, 1u);
  EXPECT_EQ(config.channel.find("plain:x")->replicas, 0u);
  EXPECT_EQ(config.channel.find("kept:x")->replicas, 1u);
  EXPECT_EQ(config.channel.find("alone:x")->replicas, 0u);
  EXPECT_EQ(config.channel.find("safe:x")->replicas, 2u);
}

TEST(load_test, has_no_cluster_without_its_section) {
  EXPECT_FALSE(parse("", "node.toml").cluster);
}

TEST(load_test, reads_a_cluster_and_advertises_where_it_listens) {
  auto config = parse(R"(
[node]
roles = ["gateway"]

[cluster]
coordinators = ["10.0.0.1:7000"]
listen = "10.0.0.2:7000"
secret = "0123456789abcdef"
failure_timeout = "500ms"
shards = 64
)",
                      "node.toml");
  ASSERT_TRUE(config.cluster);
  EXPECT_EQ(config.cluster->coordinators,
            std::vector<address>(1, address{"10.0.0.1", 7000}));
  EXPECT_EQ(config.cluster->advertise, (address{"10.0.0.2", 7000}));
  EXPECT_EQ(config.cluster->failure_timeout, 500ms);
  EXPECT_EQ(config.cluster->shards, 64u);
  EXPECT_FALSE(config.node.roles.coordinator);
}

TEST(load_test, reads_a_file) {
  temporary_folder folder;
  auto file = folder.write("node.toml", "[node]\nname = \"beta\"\n");
  EXPECT_EQ(load(file, {}).node.name, "beta");
}

TEST(load_test, says_why_a_file_cannot_be_read) {
  try {
    load("/nowhere/node.toml", {});
    FAIL() << "was read";
  } catch (const error& refused) {
    EXPECT_STREQ(
        refused.what(),
        "/nowhere/node.toml: cannot be read: No such file or directory");
  }
  try {
    load("/tmp", {});
    FAIL() << "was read";
  } catch (const error& refused) {
    EXPECT_STREQ(refused.what(), "/tmp: cannot be read: Is a directory");
  }
}

} // namespace config
