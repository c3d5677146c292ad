#pragma once

#include "actors/lane/counter.hpp"
#include "net/peer/refusal.hpp"

#include <array>
#include <cstdint>

namespace net::peer {

/// What happened on the port between nodes. Written by the transport's thread,
/// read by any.
struct peer_metrics {
  actors::counter connections;  ///< TCP connections that came in.
  actors::counter accepted;     ///< Of these, how many proved themselves.
  actors::counter dials;        ///< Dials begun.
  actors::counter dialled;      ///< Of these, how many were authenticated.
  actors::gauge pending;        ///< Incoming handshakes under way.
  actors::counter out_of_files; ///< Pauses because no socket could be had.
  actors::gauge tls_pumps;      ///< Authenticated TLS connections.

  /// By `refusal_reason`: connections that came in, and dials that failed.
  std::array<actors::counter, refusal_reason_count> refused;
  std::array<actors::counter, refusal_reason_count> dials_failed;

  std::uint64_t refused_for(refusal_reason reason) const {
    return refused[static_cast<std::size_t>(reason)].value();
  }
  std::uint64_t dials_failed_for(refusal_reason reason) const {
    return dials_failed[static_cast<std::size_t>(reason)].value();
  }
};

} // namespace net::peer
