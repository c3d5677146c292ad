#pragma once

#include "actors/client/connection/connection.hpp"
#include "cluster-config/transport.hpp"
#include "net/admission/admission.hpp"
#include "net/asio.hpp"
#include "net/gateway.hpp"
#include "net/http/exchange.hpp"

#include <optional>
#include <span>
#include <string>

namespace net {

/// The commands that a request for a stream begins with, on one line each;
/// nothing if it has none that could be.
std::optional<std::string> first_commands(config::transport kind,
                                          const http_request& request);

/// Takes over a socket whose request for a stream was read and allowed, and
/// serves the client until one side ends. As serve_websocket does.
void serve_stream(gateway& node, lane_gateway& where, plain_socket socket,
                  const http_request& request, actors::client_origin origin,
                  std::span<char> early, socket_place place);

void serve_stream(gateway& node, lane_gateway& where, tls_socket socket,
                  const http_request& request, actors::client_origin origin,
                  std::span<char> early, socket_place place);

} // namespace net
