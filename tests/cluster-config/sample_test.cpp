// The files that people start from.

#include "support.hpp"

#include <simdjson.h>

#include <sstream>

namespace config {

namespace {

const std::filesystem::path samples =
    std::filesystem::path{ROOST_SOURCE_DIR} / "cluster-config";

std::string read(const std::filesystem::path& file) {
  std::ifstream in{file};
  EXPECT_TRUE(in) << file;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// A production sample as it would be in /etc/roost.
node_config load_production(const std::string& name) {
  temporary_folder folder;
  std::filesystem::create_directory(folder.path() / "tls");
  for (std::string stem : {"node", "cluster"}) {
    folder.write("tls/" + stem + ".crt",
                 "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
    folder.write("tls/" + stem + ".key",
                 "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n");
  }
  folder.write("tls/cluster-ca.crt",
               "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
  auto file = folder.write("roost.toml", read(samples / "production" / name));
  return load(file, {{"ROOST_API_KEY", "a"},
                     {"ROOST_ADMIN_KEY", "b"},
                     {"ROOST_CLIENT_TOKEN_HMAC_SECRET_KEY", "c"},
                     // Made by systemd.
                     {"ROOST_CLUSTER_DATA_DIR", folder.path().string()}});
}

} // namespace

TEST(sample_test, has_a_node_that_is_a_cluster_by_itself) {
  auto config = load(samples / "single.toml", {});
  EXPECT_FALSE(config.cluster);
  EXPECT_NE(config.channel.find("chat:lobby"), nullptr);
}

TEST(sample_test, has_three_nodes_on_one_machine) {
  auto first = load(samples / "local/node-1.toml", {});
  for (std::uint16_t i = 1; i <= 3; ++i) {
    auto name = "node-" + std::to_string(i);
    auto node = load(samples / "local" / (name + ".toml"), {});
    EXPECT_EQ(node.node.name, name);
    EXPECT_EQ(node.node.roles.coordinator, i == 1);
    EXPECT_EQ(to_string(node.http.listen),
              "127.0.0.1:" + std::to_string(8000 + i));
    EXPECT_EQ(to_string(node.internal.listen),
              "127.0.0.1:" + std::to_string(9000 + i));
    ASSERT_TRUE(node.cluster);
    EXPECT_EQ(node.cluster->listen.port, 7000 + i);
    EXPECT_EQ(node.cluster->coordinators, first.cluster->coordinators);
    EXPECT_EQ(node.cluster->secret, first.cluster->secret);
    EXPECT_EQ(node.channel, first.channel);
    EXPECT_EQ(node.client, first.client);
    EXPECT_TRUE(node.http.demo_page);
  }
}

TEST(sample_test, has_a_cluster_with_tls) {
  auto coordinator = load_production("coordinator.toml");
  auto gateway = load_production("gateway.toml");
  EXPECT_TRUE(coordinator.node.roles.coordinator);
  EXPECT_TRUE(gateway.node.roles.gateway);
  EXPECT_EQ(coordinator.cluster->coordinators.size(), 3u);
  EXPECT_EQ(coordinator.channel.find("chat:x")->replicas, 1u);
  for (const auto& node : {coordinator, gateway}) {
    EXPECT_TRUE(node.http.tls());
    EXPECT_TRUE(node.internal.tls());
    EXPECT_TRUE(node.cluster->tls());
    EXPECT_FALSE(node.http.demo_page);
    EXPECT_FALSE(node.client.insecure);
    EXPECT_FALSE(node.api.insecure);
  }
  EXPECT_EQ(coordinator.channel, gateway.channel);
  EXPECT_EQ(coordinator.cluster->coordinators, gateway.cluster->coordinators);
  EXPECT_EQ(coordinator.cluster->name, gateway.cluster->name);
}

TEST(sample_test, sets_only_variables_that_exist) {
  std::istringstream in{read(samples / "production/roost.env.example")};
  environment variables;
  for (std::string line; std::getline(in, line);)
    if (!line.starts_with("#"))
      variables.emplace(line.substr(0, line.find('=')), "value");
  EXPECT_EQ(variables.size(), 3u);
  EXPECT_EQ(refusal("", variables), "accepted");
}

TEST(sample_test, has_a_dashboard_that_is_json) {
  simdjson::dom::parser parser;
  simdjson::dom::element dashboard;
  ASSERT_EQ(
      parser.load((samples / "grafana/roost.json").string()).get(dashboard),
      simdjson::SUCCESS);
  simdjson::dom::array panels;
  ASSERT_EQ(dashboard["panels"].get(panels), simdjson::SUCCESS);
  EXPECT_GT(panels.size(), 10u);
}

TEST(sample_test, runs_a_service_within_bounds) {
  auto unit = read(samples / "systemd/roost.service.in");
  for (auto line : {"MemoryMax=90%", "SystemCallFilter=@system-service",
                    "SystemCallErrorNumber=EPERM", "NoNewPrivileges=yes",
                    "ProtectSystem=strict", "ProtectProc=invisible"})
    EXPECT_NE(unit.find('\n' + std::string{line} + '\n'), unit.npos) << line;
}

TEST(sample_test, stops_a_service_later_than_its_node_would) {
  auto unit = read(samples / "systemd/roost.service.in");
  auto at = unit.find("TimeoutStopSec=");
  ASSERT_NE(at, unit.npos);
  auto seconds = std::chrono::seconds{std::stoi(unit.substr(at + 15))};
  EXPECT_GT(seconds, load_production("gateway.toml").shutdown.timeout);
}

} // namespace config
