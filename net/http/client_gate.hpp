#pragma once

#include "cluster-config/node_config.hpp"
#include "cluster-config/transport.hpp"
#include "net/http/exchange.hpp"
#include "net/http/rate_limiter.hpp"
#include "net/poll/poll_request.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace net {

/// The socket becomes a WebSocket client's.
struct websocket_opening {
  config::transport transport;
};

/// The socket becomes that of a client which reads a stream.
struct stream_opening {
  config::transport transport;
  std::string commands; ///< What it begins with, one on each line.
};

/// What becomes of a request: nothing special, an answer that ends it here, or
/// what a client asks for, as it was read. Of long polling this is all that it
/// asks, for a new session or one that is there; it points into the request.
using client_verdict =
    std::variant<std::monostate, http_reply, websocket_opening, stream_opening,
                 poll_request>;

/// Decides on requests of clients, but for what comes beside a stream: their
/// path, their origin, and what the transport asks for. Who would be a new
/// client has to find the node ready, and within its rate.
class client_gate {
public:
  client_gate(const config::node_config& config, std::size_t lanes);

  client_verdict operator()(request_context context,
                            const http_request& request);

private:
  client_verdict settle(request_context context, const http_request& request,
                        config::transport kind);
  std::optional<http_reply> turn_away(request_context context);
  bool allowed_by_rate(const lane_gateway& where);

  const config::node_config& config_;
  std::vector<rate_limiter> limiters_;
};

} // namespace net
