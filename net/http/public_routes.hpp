#pragma once

#include "net/admission/descriptors.hpp"
#include "net/http/http_session.hpp"

namespace net {

/// The public address: WebSocket clients, /connection/init, /health, and the
/// demo page where it is enabled.
/// `config` outlives it. `shares`: what descriptors clients may take.
http_service public_service(const config::node_config& config,
                            std::size_t lanes, const descriptor_shares& shares);

} // namespace net
