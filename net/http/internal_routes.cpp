#include "net/http/internal_routes.hpp"

#include "actors/auth/api_key.hpp"
#include "net/http/health_routes.hpp"
#include "proto/errors.hpp"

#include <boost/beast/core/string.hpp>

namespace net {

namespace {

constexpr std::string_view api_prefix = "/api/";
constexpr std::string_view admin_prefix = "/admin/";

/// The key that a request shows: the first of X-API-Key, Authorization and the
/// query.
std::string key_of(const http_request& request) {
  if (const auto key = header(request, "X-API-Key"); !key.empty())
    return std::string{key};
  constexpr std::string_view scheme = "apikey ";
  if (const auto value = header(request, http::field::authorization);
      value.size() > scheme.size()
      && beast::iequals({value.data(), scheme.size()},
                        {scheme.data(), scheme.size()}))
    return std::string{value.substr(scheme.size())};
  return query_parameter(request, "api_key");
}

void answer(const on_reply& done, actors::api_response response) {
  const bool json =
      response.body.starts_with('{') || response.body.starts_with('[');
  auto reply = json_reply(std::move(response.body), response.status);
  if (!json)
    reply.content_type = "text/plain; charset=utf-8";
  done(std::move(reply));
}

bool is_api(std::string_view path) {
  return path == "/api" || path.starts_with(api_prefix);
}

bool may_use_api(const config::api_section& config,
                 const http_request& request) {
  return config.insecure || actors::key_matches(config.key, key_of(request));
}

bool may_use_admin(const config::admin_section& config,
                   const http_request& request) {
  return actors::key_matches(config.key, key_of(request));
}

http_reply no_api_key() {
  return {.status = 401};
}

http_reply no_admin_key() {
  return json_reply(
      R"({"error":{"code":101,"message":"the admin key is missing or wrong"}})",
      401);
}

void handle_api(request_context context, const http_request& request,
                on_reply done) {
  if (!may_use_api(context.node.config->api, request))
    return done(no_api_key());
  if (request.method() != http::verb::post)
    return done(method_not_allowed("POST"));
  auto respond = [done = std::move(done)](actors::api_response response) {
    answer(done, std::move(response));
  };
  auto& api = *context.where.api.self;
  const auto path = path_of(request);
  if (!path.starts_with(api_prefix))
    return api.call_legacy(request.body(), std::move(respond));
  api.call(path.substr(api_prefix.size()), request.body(),
           header(request, "X-Centrifugo-Error-Mode") == "transport",
           std::move(respond));
}

void handle_admin(request_context context, const http_request& request,
                  on_reply done) {
  const auto& config = *context.node.config;
  if (!may_use_admin(config.admin, request))
    return done(no_admin_key());
  if (!config.node.roles.coordinator)
    return done(json_reply(R"({"error":{"code":108,"message":)"
                           R"("this node is not a coordinator"}})"));
  if (request.method() != http::verb::post)
    return done(method_not_allowed("POST"));
  context.where.api.self->admin(
      path_of(request).substr(admin_prefix.size()), request.body(),
      [done = std::move(done)](actors::api_response response) {
        answer(done, std::move(response));
      });
}

/// Nobody's body is read who has shown no key, nor where none is expected.
std::variant<http_reply, std::size_t> admit_body(request_context context,
                                                 const http_request& request) {
  const auto& config = *context.node.config;
  const auto path = path_of(request);
  if (is_api(path) && !may_use_api(config.api, request))
    return no_api_key();
  if (path.starts_with(admin_prefix) && !may_use_admin(config.admin, request))
    return no_admin_key();
  if (!is_api(path) && !path.starts_with(admin_prefix))
    return http_reply{.status = 413,
                      .body = "413 request body too large: none is taken "
                              "here\n"};
  return config.api.max_body;
}

} // namespace

http_service internal_service(const config::node_config& config,
                              const descriptor_shares& shares,
                              std::function<std::string()> metrics) {
  http_service service;
  service.handle = [metrics = std::move(metrics),
                    enabled = config.metrics.enabled](
                       request_context context, const http_request& request,
                       on_reply done) {
    const auto path = path_of(request);
    if (is_api(path))
      return handle_api(context, request, std::move(done));
    if (path.starts_with(admin_prefix))
      return handle_admin(context, request, std::move(done));
    if (path == "/health" || path.starts_with("/health/"))
      return done(health(context.node, request));
    if (path == "/metrics" && enabled) {
      if (request.method() != http::verb::get)
        return done(method_not_allowed("GET"));
      return done({.content_type = "text/plain; version=0.0.4; charset=utf-8",
                   .body = metrics()});
    }
    done(not_found());
  };
  service.admit = admit_body;
  service.max_header_bytes = config.http.max_header_bytes;
  service.idle_timeout = config.http.idle_timeout;
  service.sockets.sockets = shares.internal;
  service.refused_when_full = &actors::lane_metrics::internal_sockets_refused;
  service.max_leaving = shares.leaving;
  return service;
}

} // namespace net
