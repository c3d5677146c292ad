#pragma once

#include "cluster-config/address.hpp"
#include "cluster-config/channel_options.hpp"
#include "cluster-config/socket_address.hpp"
#include "cluster-config/transport.hpp"
#include "cluster-config/trusted_proxies.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What an operator sets. The member initializers are the defaults; what
/// belongs to each key in the file is in option_table.hpp, from which the
/// loader, `roost default-config` and docs/configuration.md are made.
namespace config {

using duration = std::chrono::milliseconds;

inline namespace units {
constexpr std::size_t kibibyte = 1024;
constexpr std::size_t mebibyte = 1024 * kibibyte;
} // namespace units

/// What a node does: "gateway" serves clients and rooms, "coordinator" makes
/// views and takes admin commands.
struct node_roles {
  bool gateway = true;
  bool coordinator = true;
  bool operator==(const node_roles&) const = default;
};

/// How a lane writes to the sockets of its clients.
enum class socket_writes : std::uint8_t {
  any,   ///< By io_uring where the kernel offers it.
  epoll, ///< A system call for each socket.
};

/// `[node]`
struct node_section {
  /// Unique in the cluster; `load` puts the host name here when none is given.
  std::string name;
  node_roles roles;
  /// I/O threads; 0 = one for each core.
  std::uint32_t lanes = 0;
  config::socket_writes socket_writes = config::socket_writes::any;
  bool operator==(const node_section&) const = default;
};

/// A certificate and its key, as PEM files: both or neither.
struct tls_files {
  std::string tls_certificate;
  std::string tls_key;
  bool tls() const { return !tls_certificate.empty(); }
  bool operator==(const tls_files&) const = default;
};

/// `[http]`: the public addresses.
struct http_section : tls_files {
  std::vector<socket_address> listen{{{"127.0.0.1", 8000}, {}}};
  /// Origins that may connect: "*", "https://example.com",
  /// "https://*.example.com", "null", "file://". Empty: an Origin header must
  /// name our own Host.
  std::vector<std::string> allowed_origins;
  /// Proxies whose word on a client's address counts.
  config::trusted_proxies trusted_proxies;
  /// Whether each connection begins with a header of the PROXY protocol.
  bool proxy_protocol = false;
  /// How clients may connect.
  transport_set transports = transport_set::all();
  /// How long a poll waits for something to answer.
  duration poll_wait = std::chrono::seconds{25};
  /// Whether `/` serves the demo page.
  bool demo_page = false;
  /// Bytes of the request line and all headers of one request.
  std::size_t max_header_bytes = 8 * kibibyte;
  /// Between two requests of one connection, at either address.
  duration idle_timeout = std::chrono::seconds{75};
  /// Sockets of one address, everybody at unix sockets being one; 0 = no
  /// limit.
  std::uint32_t connections_per_address = 0;
  /// New sockets a second of one address; 0 = no limit.
  std::uint32_t connection_rate_per_address = 0;
  bool operator==(const http_section&) const = default;
};

/// `[internal]`: the addresses of server API, admin, health and metrics.
struct internal_section : tls_files {
  std::vector<socket_address> listen{{{"127.0.0.1", 9000}, {}}};
  bool operator==(const internal_section&) const = default;
};

/// `[api]`: the server API for backends.
struct api_section {
  /// What backends send in `X-API-Key`; empty = nobody gets in.
  std::string key;
  /// No key is asked for. Development only.
  bool insecure = false;
  /// Bytes of one request's body.
  std::size_t max_body = 1 * mebibyte;
  /// What backends may read of histories, presence and lists of channels a
  /// second, at this node: bytes, and 256 for each publication and channel,
  /// 1,024 for each member; 0 = no limit.
  std::size_t read_bytes_per_second = 0;
  bool operator==(const api_section&) const = default;
};

/// `[admin]`: what `roost ctl` talks to.
struct admin_section {
  /// Empty = nobody gets in.
  std::string key;
  bool operator==(const admin_section&) const = default;
};

/// `[websocket]`
struct websocket_section {
  /// Bytes of one message, and of one command in it; above it the connection
  /// ends with 1009. Before connect it is at most 64 KiB.
  std::size_t message_size_limit = 64 * kibibyte;
  /// A client that takes none of what is sent for as long is cut.
  duration write_timeout = std::chrono::seconds{5};
  /// From accept to the end of the upgrade, TLS included.
  duration handshake_timeout = std::chrono::seconds{5};
  /// Whether clients that offer permessage-deflate get it.
  bool compression = false;
  /// From 1 (fastest) to 9 (smallest).
  std::uint32_t compression_level = 1;
  /// Bytes of messages below which they go plain.
  std::size_t compression_min_size = 256;
  bool operator==(const websocket_section&) const = default;
};

/// What a JWT is checked against. `load` has put the content of a `*_file`
/// into the member without `_file`.
struct token_keys {
  std::string hmac_secret_key;
  /// Still accepted while the key above is being rolled out.
  std::string hmac_previous_secret_key;
  std::string rsa_public_key; ///< PEM text.
  std::string rsa_public_key_file;
  std::string ecdsa_public_key; ///< PEM text.
  std::string ecdsa_public_key_file;
  /// What claim `aud` must contain; empty = not checked.
  std::string audience;
  /// What claim `iss` must be; empty = not checked.
  std::string issuer;

  bool has_key() const {
    return !hmac_secret_key.empty() || !rsa_public_key.empty()
           || !ecdsa_public_key.empty();
  }
  bool operator==(const token_keys&) const = default;
};

/// `[client.token]`: connection tokens.
struct connection_token_section : token_keys {
  /// Name of a cookie that may carry the token; empty = none.
  std::string cookie;
  /// Refuses tokens without user id.
  bool disallow_anonymous = false;
  bool operator==(const connection_token_section&) const = default;
};

/// `[client.subscription_token]`
struct subscription_token_section : token_keys {
  /// Off: the keys of `[client.token]` check subscription tokens.
  bool enabled = false;
  bool operator==(const subscription_token_section&) const = default;
};

/// `[client.user_subscribe_to_personal]`: a server-side subscription of every
/// user to a room of its own, `NAMESPACE:#USER`.
struct personal_section {
  bool enabled = false;
  /// Namespace of these rooms; empty = without namespace.
  std::string personal_channel_namespace;
  bool operator==(const personal_section&) const = default;
};

/// Who goes when a user has as many connections as he may.
enum class user_connection_policy : std::uint8_t {
  refuse, ///< Whoever comes.
  replace_oldest,
};

/// `[client]`
struct client_section {
  /// Connections without token come in, without user id.
  bool allow_anonymous_connect_without_token = false;
  /// No tokens, everything allowed. Development only.
  bool insecure = false;

  /// 0 = no pings.
  duration ping_interval = std::chrono::seconds{25};
  /// Below `ping_interval`; 0 = no answer is expected.
  duration pong_timeout = std::chrono::seconds{8};
  /// From accept to a successful connect command.
  duration stale_close_delay = std::chrono::seconds{10};
  /// How long an expired connection token may still be refreshed.
  duration expired_close_delay = std::chrono::seconds{25};
  /// How long an expired subscription token may still be refreshed.
  duration expired_sub_close_delay = std::chrono::seconds{25};

  /// Bytes queued for one connection before it is dropped as slow (3008).
  std::size_t queue_max_size = 1 * mebibyte;
  /// Subscriptions of one connection.
  std::uint32_t channel_limit = 128;
  /// Bytes in the name of a room.
  std::uint32_t channel_max_length = 255;
  /// Connections of one user on this node; 0 = no limit.
  std::uint32_t user_connection_limit = 0;
  /// The same in the whole cluster, as the home of the user has it.
  std::uint32_t cluster_user_connection_limit = 0;
  config::user_connection_policy user_connection_policy =
      config::user_connection_policy::refuse;
  /// Sockets of the public address, connected clients or not; 0 = as many as
  /// there are descriptors for.
  std::uint32_t connection_limit = 0;
  /// Upgrades to WebSocket a second on this node; 0 = no limit.
  std::uint32_t connection_rate_limit = 0;
  /// Commands a second of one connection; 0 = no limit.
  std::uint32_t commands_per_second = 0;

  /// The answer to connect says the server's time.
  bool connect_include_server_time = false;
  /// What one connection may read of histories and presence a second: bytes,
  /// and 256 for each publication, 1,024 for each member; 0 = no limit.
  std::size_t read_bytes_per_second = 4 * mebibyte;
  /// Connections in a room beyond which clients get no presence; 0 = no limit.
  std::uint32_t presence_max_members = 1'000;
  /// Bytes of the tags filters of one connection.
  std::size_t tags_filter_bytes = 64 * kibibyte;
  /// Publications in one answer to history.
  std::uint32_t history_max_publication_limit = 300;
  /// Missed publications given on recovery; more: `recovered: false`.
  std::uint32_t recovery_max_publication_limit = 300;

  connection_token_section token;
  subscription_token_section subscription_token;
  personal_section user_subscribe_to_personal;

  /// Bytes of one answer to a client that reads, about.
  std::size_t page_bytes() const {
    return std::min(256 * kibibyte, queue_max_size / 4);
  }

  bool operator==(const client_section&) const = default;
};

/// `[cluster]`: without it the node is a whole cluster by itself.
struct cluster_section {
  /// Nodes of another cluster name are refused.
  std::string name = "roost";
  /// The coordinator nodes, by what they advertise: 1, 3 or 5. They decide
  /// together, by majority.
  std::vector<address> coordinators;
  /// Where links from other nodes arrive.
  address listen{"127.0.0.1", 7000};
  /// What other nodes dial; `load` puts `listen` here when none is given.
  address advertise;

  /// Proves that a node belongs; at least 16 bytes. `load` puts the content
  /// of `secret_file` here, without the line end. Empty with TLS alone.
  std::string secret;
  std::string secret_file;
  /// Mutual TLS between nodes, as PEM files: all or none.
  std::string tls_certificate;
  std::string tls_key;
  std::string tls_ca;

  /// Silence after which a node is dead.
  duration failure_timeout = std::chrono::seconds{2};
  /// Placement groups; the same on every node.
  std::uint32_t shards = 256;
  /// This node's part of the shards, relative to the other nodes'.
  std::uint32_t weight = 100;
  /// How long a coordinator that does not know the last view for certain
  /// waits to hear of it from nodes before it makes one.
  duration settle = std::chrono::seconds{1};
  /// Folder of a coordinator's file; `load` makes it a whole path. Empty: it
  /// remembers nothing.
  std::string data_dir;
  /// Whether a shard whose copies are all lost starts again elsewhere, without
  /// its rooms' history.
  bool unclean_takeover = true;
  /// Copies of shards that are made at the same time in the whole cluster.
  std::uint32_t concurrent_moves = 32;
  /// Bytes queued for one peer.
  std::size_t link_queue_bytes = 8 * mebibyte;
  /// How long a request to another node may take before it is an error.
  duration request_timeout = std::chrono::seconds{4};
  /// How long a stopping node may take to hand over its shards.
  duration hand_over_timeout = std::chrono::seconds{5};

  bool tls() const { return !tls_certificate.empty(); }
  bool operator==(const cluster_section&) const = default;
};

/// `[limits]`: the bound of every queue and table that clients, backends or
/// other nodes can fill.
struct limits_section {
  /// Rooms whose home is this node.
  std::uint32_t rooms_per_node = 1'000'000;
  /// Bytes of history of one room; the oldest publications go first.
  std::size_t room_history_bytes = 8 * mebibyte;
  /// Connections in the presence table of one room.
  std::uint32_t room_presence_members = 100'000;
  /// Idempotency keys remembered by one room; the oldest go first.
  std::uint32_t room_idempotency_keys = 10'000;
  /// How long an idempotency key is remembered.
  duration idempotency_ttl = std::chrono::minutes{5};
  /// Requests that wait at a shard while it moves.
  std::uint32_t shard_parked_requests = 10'000;
  /// Requests that wait at an audience for a room's home.
  std::uint32_t audience_parked_requests = 10'000;
  /// Server API and admin requests under way.
  std::uint32_t api_requests = 10'000;
  /// Commands in one batch request of the server API.
  std::uint32_t api_batch_commands = 10'000;
  /// Connections to the internal address.
  std::uint32_t internal_connections = 1'024;
  bool operator==(const limits_section&) const = default;
};

enum class log_level : std::uint8_t { trace, debug, info, warn, error };
enum class log_format : std::uint8_t { text, json };

/// `[log]`
struct log_section {
  log_level level = log_level::info;
  log_format format = log_format::text;
  bool operator==(const log_section&) const = default;
};

/// `[shutdown]`
struct shutdown_section {
  /// Time over which clients are told to go.
  duration spread = std::chrono::seconds{5};
  /// After this a stopping node ends whatever is left.
  duration timeout = std::chrono::seconds{30};
  bool operator==(const shutdown_section&) const = default;
};

/// `[metrics]`
struct metrics_section {
  /// Whether the internal address has `/metrics`.
  bool enabled = true;
  bool operator==(const metrics_section&) const = default;
};

/// One node's configuration. Immutable once loaded; actors receive the values
/// that they need.
struct node_config {
  node_section node;
  http_section http;
  internal_section internal;
  api_section api;
  admin_section admin;
  websocket_section websocket;
  client_section client;
  channel_section channel;
  std::optional<cluster_section> cluster;
  limits_section limits;
  log_section log;
  shutdown_section shutdown;
  metrics_section metrics;
  bool operator==(const node_config&) const = default;
};

} // namespace config
