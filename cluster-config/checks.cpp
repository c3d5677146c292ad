#include "cluster-config/checks.hpp"

#include "cluster-config/format.hpp"
#include "cluster-config/quantity.hpp"

#include <array>
#include <unistd.h>

namespace config {

namespace {

/// The host's name, or "" when it has none that can be a node's.
std::string host_name() {
  std::array<char, 256> buffer{};
  if (gethostname(buffer.data(), buffer.size() - 1) != 0)
    return {};
  return buffer.data();
}

void name_node(node_config& config, const key_places& places) {
  if (!config.node.name.empty())
    return;
  auto as = identifier(false);
  try {
    config.node.name = as.read(raw_value{host_name(), {}});
  } catch (const bad_value& bad) {
    places.refuse("node.name", "none, and the host name is " + bad.found,
                  as.allowed);
  }
}

void check_roles(const node_config& config, const key_places& places) {
  if (config.cluster
      || (config.node.roles.gateway && config.node.roles.coordinator))
    return;
  places.refuse("node.roles", "one role without a [cluster] section",
                "[\"gateway\", \"coordinator\"], or a [cluster] section");
}

void check_times(const node_config& config, const key_places& places) {
  const auto& client = config.client;
  if (client.ping_interval.count() > 0
      && client.pong_timeout >= client.ping_interval)
    places.refuse("client.pong_timeout",
                  in_quotes(write_duration(client.pong_timeout)),
                  "less than client.ping_interval, which is "
                      + in_quotes(write_duration(client.ping_interval)));
  if (config.shutdown.spread > config.shutdown.timeout)
    places.refuse("shutdown.spread",
                  in_quotes(write_duration(config.shutdown.spread)),
                  "at most shutdown.timeout, which is "
                      + in_quotes(write_duration(config.shutdown.timeout)));
}

void check_subscription_token(const node_config& config,
                              const key_places& places) {
  const auto& token = config.client.subscription_token;
  const std::string key = "client.subscription_token.enabled";
  if (token.enabled && !token.has_key())
    places.refuse(key, "true without a key",
                  "true with hmac_secret_key, rsa_public_key or"
                  " ecdsa_public_key, or false");
  auto unused = token;
  unused.enabled = false;
  if (!token.enabled && unused != subscription_token_section{})
    places.refuse(key, "false with other keys of its section",
                  "true, or none of the other keys");
}

bool collide(const address& a, const address& b) {
  return a.port == b.port && a.port != 0
         && (a.host == b.host || a.wildcard() || b.wildcard());
}

void check_listeners(const node_config& config, const key_places& places) {
  auto refuse_same = [&](const std::string& key, const address& a,
                         const std::string& other, const address& b) {
    if (collide(a, b))
      places.refuse(key, in_quotes(to_string(a)),
                    "an address other than " + other + ", which is "
                        + in_quotes(to_string(b)));
  };
  refuse_same("internal.listen", config.internal.listen, "http.listen",
              config.http.listen);
  if (!config.cluster)
    return;
  refuse_same("cluster.listen", config.cluster->listen, "http.listen",
              config.http.listen);
  refuse_same("cluster.listen", config.cluster->listen, "internal.listen",
              config.internal.listen);
}

} // namespace

void check(node_config& config, const key_places& places,
           const std::filesystem::path& folder) {
  name_node(config, places);
  check_roles(config, places);
  check_times(config, places);
  check_channels(config, places);
  if (config.cluster)
    check_cluster(config, places);
  check_listeners(config, places);
  check_files(config, places, folder);
  check_subscription_token(config, places);
}

} // namespace config
