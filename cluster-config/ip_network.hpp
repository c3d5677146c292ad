#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace config {

/// An address of 16 bytes; one of IPv4 is mapped (RFC 4291, section 2.5.5.2).
using ip_bytes = std::array<std::uint8_t, 16>;

/// Reads "192.0.2.1" or "2001:db8::1", nothing else: no port, no brackets.
std::optional<ip_bytes> parse_ip(std::string_view text);

/// A range of addresses; "10.0.0.0/8", "2001:db8::/32" or a single address.
struct ip_network {
  ip_bytes address{};
  std::uint8_t bits = 128; ///< Of `address` that count.

  bool contains(const ip_bytes& x) const;

  bool operator==(const ip_network&) const = default;
};

/// Nothing when it is none, or has bits beyond its length.
std::optional<ip_network> parse_network(std::string_view text);

std::string to_string(const ip_network& x);

} // namespace config
