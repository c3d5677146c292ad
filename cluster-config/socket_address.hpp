#pragma once

#include "cluster-config/address.hpp"

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// Where a node listens for clients and backends: "host:port", or "unix:PATH"
/// for a socket in the file system.
struct socket_address {
  /// Empty where there is a path.
  address network;
  std::string path;

  bool is_unix() const { return !path.empty(); }

  bool operator==(const socket_address&) const = default;
  auto operator<=>(const socket_address&) const = default;
};

/// Bytes of a path that the kernel takes (unix(7)).
constexpr std::size_t max_socket_path = 107;

/// Nothing when it is no address, or the path names a folder or has control
/// characters. How long the path is does not matter here: it may become whole
/// later.
std::optional<socket_address> parse_socket_address(std::string_view text);

/// What `parse_socket_address` reads.
std::string to_string(const socket_address& x);

/// The same for each, with commas between.
std::string to_string(const std::vector<socket_address>& all);

} // namespace config
