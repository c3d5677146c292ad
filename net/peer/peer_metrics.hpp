#pragma once

#include "net/peer/refusal.hpp"

#include <array>
#include <atomic>
#include <cstdint>

namespace net::peer {

/// What happened on the port between nodes. Written by the transport's thread,
/// read by any.
struct peer_metrics {
  using counter = std::atomic<std::uint64_t>;

  counter connections{0};  ///< TCP connections that came in.
  counter accepted{0};     ///< Of these, how many proved themselves.
  counter dials{0};        ///< Dials begun.
  counter dialled{0};      ///< Of these, how many were authenticated.
  counter pending{0};      ///< Incoming handshakes under way (a gauge).
  counter out_of_files{0}; ///< Pauses because no socket could be had.
  counter tls_pumps{0};    ///< Authenticated TLS connections (a gauge).

  /// By `refusal_reason`: connections that came in, and dials that failed.
  std::array<counter, refusal_reason_count> refused{};
  std::array<counter, refusal_reason_count> dials_failed{};

  std::uint64_t refused_for(refusal_reason reason) const {
    return refused[static_cast<std::size_t>(reason)];
  }
  std::uint64_t dials_failed_for(refusal_reason reason) const {
    return dials_failed[static_cast<std::size_t>(reason)];
  }
};

} // namespace net::peer
