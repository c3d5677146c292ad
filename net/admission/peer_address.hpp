#pragma once

#include "net/asio.hpp"

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string>

namespace net {

/// Who is at the other end of a socket. Nothing: somebody at a unix socket,
/// where nobody has an address.
using peer_address = std::optional<asio::ip::address>;

/// What an endpoint of any stream is as one of TCP; nothing for a unix socket.
std::optional<tcp::endpoint>
tcp_endpoint_of(const stream_protocol::endpoint& x);

peer_address peer_at(const stream_protocol::endpoint& x);

/// "192.0.2.7", or "unix:".
std::string to_string(const peer_address& x);

} // namespace net
