#pragma once

#include "actors/client/connection/client_link.hpp"
#include "actors/client/connection/connection.hpp"
#include "net/admission/admission.hpp"
#include "net/asio.hpp"
#include "net/gateway.hpp"
#include "net/http/exchange.hpp"

#include <span>

namespace net {

/// Takes over a socket whose upgrade request was read and allowed (origin,
/// limits): answers the upgrade, then serves the client until one side ends.
/// On the lane of the socket. `origin.format` and the subprotocol are chosen
/// here from the request. `early` is what came behind it; it is changed.
/// `place` is held as long as the socket.
void serve_websocket(gateway& node, lane_gateway& where, plain_socket socket,
                     const http_request& request, actors::client_origin origin,
                     std::span<char> early, socket_place place);

void serve_websocket(gateway& node, lane_gateway& where, tls_socket socket,
                     const http_request& request, actors::client_origin origin,
                     std::span<char> early, socket_place place);

} // namespace net
