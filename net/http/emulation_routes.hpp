#pragma once

#include "cluster-config/node_config.hpp"
#include "net/http/exchange.hpp"

#include <cstddef>
#include <string_view>

namespace net {

/// Where clients of streams that only go down send their commands.
constexpr std::string_view emulation_path = "/emulation";

bool takes_emulation(const config::node_config& config);

/// Of the body of such a request. It may come of anybody, so its commands have
/// the size of a stranger's message; as text in JSON they take twice as much.
std::size_t emulation_body_limit(const config::node_config& config);

/// Brings the commands to the session's connection, on whatever node it is, and
/// answers 204 once it has them.
void emulate(request_context context, const http_request& request,
             on_reply done);

} // namespace net
