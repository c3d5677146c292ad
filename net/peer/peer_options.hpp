#pragma once

#include "actors/cluster/peer_transport.hpp"
#include "cluster-config/address.hpp"
#include "net/peer/handshake_frame.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace spdlog {
class logger;
} // namespace spdlog

namespace net::peer {

/// PEM files for mutual TLS 1.3 between nodes.
struct tls_files {
  std::string certificate; ///< Ours, with its chain.
  std::string key;         ///< Its private key, without a passphrase.
  std::string ca;          ///< Whoever it signed is a node of the cluster.
};

/// What `asio_peer_transport` needs to know.
struct peer_options {
  /// Where to accept; port 0 takes a free one.
  config::address listen;

  /// This node, as it introduces itself.
  actors::peer_identity self;

  std::string cluster;
  std::uint16_t version = protocol_version;

  /// Known to every node of the cluster; may be empty when `tls` is set.
  std::string secret;

  /// Unset: plain TCP, authenticated by `secret` but not encrypted.
  std::optional<tls_files> tls;

  /// From accept, or from the end of connect, until both sides are proved.
  std::chrono::milliseconds handshake_timeout{2000};

  /// For resolving and connecting.
  std::chrono::milliseconds connect_timeout{2000};

  /// Incoming handshakes under way; beyond it the oldest is closed.
  std::size_t max_pending_handshakes = 64;

  /// After this, written data that the peer did not acknowledge, or silence on
  /// keepalive probes, ends a connection.
  std::chrono::milliseconds unacknowledged_timeout{10'000};

  /// Unset: spdlog's default logger.
  std::shared_ptr<spdlog::logger> log;
};

} // namespace net::peer
