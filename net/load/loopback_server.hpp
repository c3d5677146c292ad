#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// What the servers of this folder and of its tests share: they are for the
// clients of the load generator, on this machine alone.

namespace net::load {

/// Says yes to the upgrade that `upgrade_request` makes, whose key is fixed.
inline constexpr std::string_view accepted_upgrade =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// Listens on 127.0.0.1 at a port that the kernel picks. Returns the socket, or
/// -1 with the reason in errno.
int listen_on_loopback(int backlog, std::uint16_t& port);

/// Appends a server's frame, of at most 65,535 bytes; the first byte is the
/// FIN bit and the opcode.
void append_server_frame(std::string& out, int first_byte,
                         std::string_view payload);

} // namespace net::load
