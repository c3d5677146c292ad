#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace net::peer {

/// Why a connection between nodes came to nothing.
enum class refusal_reason {
  junk,        ///< The first bytes were not of this protocol.
  malformed,   ///< A message that is none, or not the one due.
  version,     ///< Another version of this protocol.
  cluster,     ///< Another cluster name.
  same_name,   ///< Both nodes have one name.
  itself,      ///< The node reached itself.
  secret,      ///< The cluster secret does not match.
  tls,         ///< The TLS handshake failed.
  timeout,     ///< The handshake took too long.
  crowded,     ///< Too many handshakes were pending.
  closed,      ///< The other side closed before the end of the handshake.
  unreachable, ///< No connection came about (the dialling side only).
  exhausted,   ///< This process has no file descriptor or memory left.
  stopping,    ///< This node stops.
};

inline constexpr std::size_t refusal_reason_count = 14;

/// The reason as a word, for metric labels and logs.
constexpr std::string_view to_string(refusal_reason reason) {
  constexpr std::array<std::string_view, refusal_reason_count> names{
      "junk",   "malformed",   "version",   "cluster", "same_name",
      "itself", "secret",      "tls",       "timeout", "crowded",
      "closed", "unreachable", "exhausted", "stopping"};
  return names[static_cast<std::size_t>(reason)];
}

/// A connection that came to nothing, for logs and callbacks.
struct refusal {
  refusal_reason reason = refusal_reason::closed;
  bool by_peer = false; ///< The other side said so; else this node did.
  std::string peer;     ///< Its node name if it said one; not verified.
  std::string why;      ///< A clause such as "both nodes are named a".
};

} // namespace net::peer
