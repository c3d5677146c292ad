#pragma once

#include "cluster-config/node_config.hpp"
#include "net/http/exchange.hpp"

#include <string>
#include <utility>
#include <vector>

namespace net {

/// Whether the page that the request comes of may talk to us.
bool may_connect(const http_request& request,
                 const config::http_section& config);

/// What lets a browser show the answer to a page of another origin
/// (https://fetch.spec.whatwg.org/#http-cors-protocol). Nothing for requests
/// that no page of another origin makes.
std::vector<std::pair<http::field, std::string>>
cors_headers(const http_request& request, const config::http_section& config);

/// The answer to a browser that asks before it sends: `methods` are allowed.
http_reply preflight(const http_request& request,
                     const config::http_section& config,
                     std::string_view methods);

/// The answer to a page that may not connect.
http_reply foreign_origin();

} // namespace net
