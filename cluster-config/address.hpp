#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace config {

/// Where something listens or can be reached; "host:port" in the file, with
/// brackets around an IPv6 host ("[::1]:8000").
struct address {
  /// A name or an IP address, without brackets; empty = not given.
  std::string host;
  /// 0 = the kernel picks one (only where the node listens).
  std::uint16_t port = 0;

  bool operator==(const address&) const = default;
  auto operator<=>(const address&) const = default;

  /// Whether this means every interface ("0.0.0.0" or "::").
  bool wildcard() const { return host == "0.0.0.0" || host == "::"; }
  bool empty() const { return host.empty(); }
};

/// Reads "host:port" or "[ipv6]:port"; nothing when it is neither.
std::optional<address> parse_address(std::string_view text);

/// What `parse_address` reads; empty for an empty address.
std::string to_string(const address& x);

} // namespace config
