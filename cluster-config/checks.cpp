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

bool collide(const socket_address& a, const socket_address& b) {
  if (a.is_unix() || b.is_unix())
    return a.path == b.path;
  return collide(a.network, b.network);
}

/// Makes the paths whole; the kernel must take them.
void find_sockets(std::vector<socket_address>& all, const std::string& key,
                  const key_places& places,
                  const std::filesystem::path& folder) {
  for (auto& x : all) {
    if (!x.is_unix())
      continue;
    x.path = (folder / x.path).lexically_normal().string();
    if (x.path.size() > max_socket_path)
      places.refuse(key,
                    in_quotes(to_string(x)) + ", a path of "
                        + std::to_string(x.path.size()) + " bytes",
                    "a path of at most " + std::to_string(max_socket_path)
                        + " bytes");
  }
}

void check_listeners(node_config& config, const key_places& places,
                     const std::filesystem::path& folder) {
  struct listener {
    std::string key;
    socket_address address;
  };
  std::vector<listener> earlier;
  auto add = [&](const std::string& key, const socket_address& x) {
    for (const auto& other : earlier)
      if (collide(x, other.address))
        places.refuse(key, in_quotes(to_string(x)),
                      other.key == key
                          ? "addresses that do not overlap, as it does with "
                                + in_quotes(to_string(other.address))
                          : "an address other than " + other.key + ", which is "
                                + in_quotes(to_string(other.address)));
    earlier.push_back({key, x});
  };
  find_sockets(config.http.listen, "http.listen", places, folder);
  find_sockets(config.internal.listen, "internal.listen", places, folder);
  for (const auto& x : config.http.listen)
    add("http.listen", x);
  for (const auto& x : config.internal.listen)
    add("internal.listen", x);
  if (config.cluster)
    add("cluster.listen", {config.cluster->listen, {}});
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
  check_listeners(config, places, folder);
  check_files(config, places, folder);
  check_subscription_token(config, places);
}

} // namespace config
