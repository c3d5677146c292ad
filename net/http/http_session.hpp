#pragma once

#include "net/admission/admission.hpp"
#include "net/http/client_gate.hpp"
#include "net/http/exchange.hpp"

#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace net {

/// What a listener's sessions do.
struct http_service {
  http_handler handle;

  /// Decides which requests make the socket a client's. Unset: none.
  std::function<client_verdict(request_context, const http_request&)> gate;

  /// Asked before the body of a request is read: an answer refuses it, a number
  /// is how many bytes it may have.
  std::function<std::variant<http_reply, std::size_t>(request_context,
                                                      const http_request&)>
      admit;

  /// What answers have on top that neither the gate nor `handle` made, so that
  /// a page of another origin learns their status. Unset: nothing.
  std::function<std::vector<std::pair<http::field, std::string>>(
      const http_request&)>
      refusal_headers;

  /// Of the first line and the fields; of what waits behind them, too, and of
  /// what a body in chunks has beside its data.
  std::size_t max_header_bytes = 8192;
  /// Each socket begins with a header of the PROXY protocol; where the limits
  /// of `sockets` name proxies, only theirs do, and others are closed.
  bool proxy_protocol = false;
  /// From accept, or from the first byte of a later request, to its end.
  std::chrono::milliseconds request_timeout{5000};
  /// Between two requests of a kept connection.
  std::chrono::milliseconds idle_timeout{75'000};
  /// Of sockets from accept on, WebSockets included.
  admission::limits sockets;
  /// Where it counts who found no place.
  actors::counter actors::lane_metrics::*refused_when_full =
      &actors::lane_metrics::sockets_refused;
  /// Sockets over those limits, at a time, that are told so; others just end.
  std::size_t max_leaving = 64;
};

/// Serves one accepted socket on its lane until it ends or becomes a client's,
/// which `place` goes to.
void serve_http(const http_service& service, gateway& node, lane_gateway& where,
                plain_socket socket, asio::ssl::context* tls,
                socket_place place);

} // namespace net
