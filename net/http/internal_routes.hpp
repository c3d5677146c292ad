#pragma once

#include "net/admission/descriptors.hpp"
#include "net/http/http_session.hpp"

#include <functional>
#include <string>

namespace net {

/// The internal address: /api, /admin, /health, /metrics. `metrics` renders
/// the text for Prometheus on any lane; `config` outlives the service.
/// `shares`: what descriptors it may take.
http_service internal_service(const config::node_config& config,
                              const descriptor_shares& shares,
                              std::function<std::string()> metrics);

} // namespace net
