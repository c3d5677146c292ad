#include "net/http/public_routes.hpp"

#include "net/http/client_gate.hpp"
#include "net/http/cors.hpp"
#include "net/http/demo_routes.hpp"
#include "net/http/emulation_routes.hpp"
#include "net/http/health_routes.hpp"
#include "net/poll/poll_routes.hpp"
#include "net/session/stranger.hpp"

#include <algorithm>

namespace net {

namespace {

/// Of requests that begin no stream and send nothing beside one.
constexpr std::size_t max_plain_body = 16 * 1024;

void handle(request_context context, const http_request& request,
            const on_reply& done) {
  const auto path = path_of(request);
  const bool reads = request.method() == http::verb::get
                     || request.method() == http::verb::head;
  const auto& settings = *context.node.config;
  if (path == emulation_path && takes_emulation(settings))
    return emulate(context, request, done);
  if (path == poll_module_path
      && settings.http.transports.has(config::transport::poll))
    return done(poll_module(request));
  if (path == "/health" || path.starts_with("/health/"))
    return done(health(context.node, request));
  if (path == "/connection/init")
    return done(reads ? json_reply("{}") : method_not_allowed("GET, HEAD"));
  if (settings.http.demo_page)
    return demo(context, request, done);
  done(not_found());
}

std::size_t body_limit(const config::node_config& config,
                       std::string_view path) {
  if (path == poll_path)
    return poll_body_limit(config);
  if (path.starts_with("/connection/"))
    return max_message_of_stranger(config);
  if (path == emulation_path && takes_emulation(config))
    return emulation_body_limit(config);
  return max_plain_body;
}

} // namespace

http_service public_service(const config::node_config& config,
                            std::size_t lanes,
                            const descriptor_shares& shares) {
  http_service service;
  service.handle = handle;
  service.gate = [gate = std::make_shared<client_gate>(config, lanes)](
                     request_context context, const http_request& request) {
    return (*gate)(context, request);
  };
  service.refusal_headers = [&config](const http_request& request) {
    return cors_headers(request, config.http);
  };
  service.max_header_bytes = config.http.max_header_bytes;
  service.admit =
      [](request_context context,
         const http_request& request) -> std::variant<http_reply, std::size_t> {
    return body_limit(*context.node.config, path_of(request));
  };
  const std::size_t limit = config.client.connection_limit;
  service.sockets = {
      .sockets = limit == 0 ? shares.clients : std::min(limit, shares.clients),
      .sockets_per_address = config.http.connections_per_address,
      .rate_per_address =
          static_cast<double>(config.http.connection_rate_per_address),
      .proxies = config.http.trusted_proxies};
  service.proxy_protocol = config.http.proxy_protocol;
  service.max_leaving = shares.leaving;
  service.request_timeout = config.websocket.handshake_timeout;
  service.idle_timeout = config.http.idle_timeout;
  return service;
}

} // namespace net
