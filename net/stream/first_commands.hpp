#pragma once

#include "cluster-config/transport.hpp"
#include "net/http/exchange.hpp"

#include <optional>
#include <string>

namespace net {

/// The commands that a request for a stream begins with, on one line each;
/// nothing if it has none that could be.
std::optional<std::string> first_commands(config::transport kind,
                                          const http_request& request);

} // namespace net
