#include "net/http/cors.hpp"

#include "net/http/origin.hpp"

namespace net {

namespace {

/// Seconds that a browser remembers a preflight.
constexpr std::string_view preflight_age = "300";

} // namespace

bool may_connect(const http_request& request,
                 const config::http_section& config) {
  return origin_allowed(header(request, http::field::origin),
                        header(request, http::field::host),
                        config.allowed_origins);
}

std::vector<std::pair<http::field, std::string>>
cors_headers(const http_request& request, const config::http_section& config) {
  const auto origin = header(request, http::field::origin);
  if (origin.empty() || !may_connect(request, config))
    return {};
  return {{http::field::access_control_allow_origin, std::string{origin}},
          {http::field::access_control_allow_credentials, "true"},
          {http::field::vary, "Origin"}};
}

http_reply preflight(const http_request& request,
                     const config::http_section& config,
                     std::string_view methods) {
  http_reply reply{.status = 204, .headers = cors_headers(request, config)};
  reply.headers.emplace_back(http::field::access_control_allow_methods,
                             methods);
  reply.headers.emplace_back(http::field::access_control_max_age,
                             preflight_age);
  const auto wanted =
      header(request, http::field::access_control_request_headers);
  if (!wanted.empty())
    reply.headers.emplace_back(http::field::access_control_allow_headers,
                               wanted);
  return reply;
}

http_reply foreign_origin() {
  return {.status = 403,
          .body = "403 forbidden: http.allowed_origins does not have this "
                  "origin\n"};
}

} // namespace net
