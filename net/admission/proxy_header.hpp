#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace net {

/// Reads what a balancer says of a connection before its first byte: the PROXY
/// protocol, versions 1 and 2
/// (https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt). What follows
/// belongs to somebody else, so it says how much may be read at a time.
class proxy_header {
public:
  enum class state : std::uint8_t { more, whole, wrong };

  /// At least 1 while there is `more`.
  std::size_t wanted() const noexcept { return wanted_; }

  /// Takes at most `wanted()` bytes.
  state take(std::string_view bytes);

  /// Of the client; nothing where the balancer speaks for itself, or for
  /// somebody without an IP address.
  const std::optional<boost::asio::ip::address>& client() const {
    return client_;
  }

private:
  state take_line();
  state take_binary();
  state want(std::size_t bytes);

  std::string bytes_;
  std::size_t wanted_ = 15; // the shortest line; the binary one has 16
  std::optional<boost::asio::ip::address> client_;
};

} // namespace net
