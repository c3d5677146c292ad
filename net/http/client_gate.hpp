#pragma once

#include "cluster-config/node_config.hpp"
#include "cluster-config/transport.hpp"
#include "net/http/exchange.hpp"
#include "net/http/rate_limiter.hpp"

#include <cstddef>
#include <variant>
#include <vector>

namespace net {

/// What becomes of a request: nothing special, an answer that ends it here, or
/// a client.
using client_verdict =
    std::variant<std::monostate, http_reply, config::transport>;

/// Decides on requests that would make the socket a client's: its path, its
/// origin, and what the transport asks for.
class client_gate {
public:
  client_gate(const config::node_config& config, std::size_t lanes);

  client_verdict operator()(request_context context,
                            const http_request& request);

private:
  client_verdict settle(request_context context, const http_request& request,
                        config::transport kind);
  bool allowed_by_rate(const lane_gateway& where);

  const config::node_config& config_;
  std::vector<rate_limiter> limiters_;
};

} // namespace net
