#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace net::peer {

/// A host (name or IP address, without brackets) and a port.
struct host_port {
  std::string host;
  std::uint16_t port = 0;
};

/// Splits "host:port" or "[IPv6]:port"; throws std::invalid_argument with a
/// sentence that quotes `text` when it is neither.
host_port parse_host_port(std::string_view text);

/// The inverse: puts IPv6 addresses in brackets.
std::string to_string(const host_port& address);

} // namespace net::peer
