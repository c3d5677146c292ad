#pragma once

#include "net/http/exchange.hpp"

namespace net {

/// The demo page: its files, a token for a name (/demo/token?name=NAME) and
/// the state of the cluster (/demo/cluster.json).
void demo(request_context context, const http_request& request, on_reply done);

} // namespace net
