#pragma once

#include "net/http/exchange.hpp"

namespace net {

/// GET /health and /health/ready: 200 while new clients may come, else 503.
/// GET /health/live: 200 while the process answers. The body says both,
/// and whether an admin drains the node, which is not ready then.
http_reply health(const gateway& node, const http_request& request);

} // namespace net
