#pragma once

#include "actors/client/connection/connection.hpp"
#include "net/admission/admission.hpp"
#include "net/asio.hpp"
#include "net/gateway.hpp"
#include "net/http/exchange.hpp"

#include <span>
#include <string_view>

namespace net {

/// Takes over a socket whose request for a stream was read and allowed, and
/// serves the client, which begins with `commands`, until one side ends. As
/// serve_websocket does.
void serve_stream(gateway& node, lane_gateway& where, plain_socket socket,
                  const http_request& request, std::string_view commands,
                  actors::client_origin origin, std::span<char> early,
                  socket_place place);

void serve_stream(gateway& node, lane_gateway& where, tls_socket socket,
                  const http_request& request, std::string_view commands,
                  actors::client_origin origin, std::span<char> early,
                  socket_place place);

} // namespace net
