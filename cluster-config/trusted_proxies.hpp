#pragma once

#include "cluster-config/ip_network.hpp"

#include <string_view>
#include <vector>

namespace config {

/// Who connects over a unix socket, as files, headers and listings write it.
constexpr std::string_view unix_peers = "unix:";

/// Whose word on a client's address counts.
struct trusted_proxies {
  std::vector<ip_network> networks;
  /// Whoever connects over a unix socket.
  bool unix_peers = false;

  bool empty() const { return networks.empty() && !unix_peers; }

  bool operator==(const trusted_proxies&) const = default;
};

} // namespace config
