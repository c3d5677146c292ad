#pragma once

#include "net/asio.hpp"

#include <chrono>

namespace net::peer {

/// Prepares a connection between nodes: no delay, close-on-exec, and a kernel
/// that notices within about `unacknowledged` that the other host is gone.
/// What the kernel refuses is left as it is.
void set_peer_socket_options(tcp::socket& socket,
                             std::chrono::milliseconds unacknowledged);

} // namespace net::peer
