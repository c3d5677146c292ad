#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace net {

/// Whether a browser's page at `origin` may connect. Requests without an
/// Origin header (not from a browser) may. `allowed` are patterns: "*",
/// "https://example.com", "https://*.example.com"; with none, the origin's
/// host must be the request's `host`.
bool origin_allowed(std::string_view origin, std::string_view host,
                    const std::vector<std::string>& allowed);

} // namespace net
