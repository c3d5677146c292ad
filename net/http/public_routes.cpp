#include "net/http/public_routes.hpp"

#include "net/http/demo_routes.hpp"
#include "net/http/health_routes.hpp"
#include "net/http/origin.hpp"
#include "net/http/rate_limiter.hpp"
#include "net/websocket/upgrade.hpp"

#include <algorithm>

namespace net {

namespace {

constexpr std::string_view websocket_path = "/connection/websocket";

/// Bodies are for the internal address; a client sends none here.
constexpr std::size_t max_public_body = 16 * 1024;

void handle(request_context context, const http_request& request,
            const on_reply& done) {
  const auto path = path_of(request);
  const bool reads = request.method() == http::verb::get
                     || request.method() == http::verb::head;
  if (path == websocket_path && request.method() != http::verb::get)
    return done(method_not_allowed("GET"));
  if (path == websocket_path)
    return done({.status = 400,
                 .body = "400 bad request: a WebSocket upgrade is expected\n"});
  if (path == "/health" || path.starts_with("/health/"))
    return done(health(context.node, request));
  if (path == "/connection/init")
    return done(reads ? json_reply("{}") : method_not_allowed("GET, HEAD"));
  if (context.node.config->http.demo_page)
    return demo(context, request, done);
  done(not_found());
}

/// Refuses upgrades that must not happen.
class upgrade_gate {
public:
  upgrade_gate(const config::node_config& config, std::size_t lanes)
      : config_(config),
        // One bucket a lane: accepted sockets are spread evenly.
        limiters_(std::max<std::size_t>(lanes, 1),
                  rate_limiter{
                      static_cast<double>(config.client.connection_rate_limit)
                      / static_cast<double>(std::max<std::size_t>(lanes, 1))}) {
  }

  std::optional<http_reply> operator()(request_context context,
                                       const http_request& request) {
    if (path_of(request) != websocket_path)
      return not_found();
    auto& metrics = context.where.lane->metrics();
    auto refuse = [&](unsigned status, std::string body) {
      metrics.upgrades_refused.add();
      return http_reply{.status = status, .body = std::move(body)};
    };
    if (!origin_allowed(header(request, http::field::origin),
                        header(request, http::field::host),
                        config_.http.allowed_origins))
      return refuse(403, "403 forbidden: http.allowed_origins does not have "
                         "this origin\n");
    if (header(request, http::field::sec_websocket_version)
        != websocket_version) {
      auto reply = refuse(426, "426 upgrade required: Sec-WebSocket-Version is "
                               "not 13\n");
      reply.headers.emplace_back(http::field::sec_websocket_version,
                                 websocket_version);
      return reply;
    }
    if (!is_upgrade_key(header(request, http::field::sec_websocket_key)))
      return refuse(400, "400 bad request: Sec-WebSocket-Key is not 16 bytes "
                         "in base64\n");
    if (!context.node.ready)
      return refuse(503, "503 service unavailable: the node is not ready\n");
    auto& limiter = limiters_[context.where.lane->number() % limiters_.size()];
    if (!limiter.allow(std::chrono::steady_clock::now())) {
      metrics.upgrades_refused_by_rate.add();
      return http_reply{.status = 503,
                        .body = "503 service unavailable: "
                                "client.connection_rate_limit is reached\n"};
    }
    metrics.connections_accepted.add();
    return std::nullopt;
  }

private:
  const config::node_config& config_;
  std::vector<rate_limiter> limiters_;
};

} // namespace

http_service public_service(const config::node_config& config,
                            std::size_t lanes,
                            const descriptor_shares& shares) {
  http_service service;
  service.handle = handle;
  service.upgrade = [gate = std::make_shared<upgrade_gate>(config, lanes)](
                        request_context context, const http_request& request) {
    return (*gate)(context, request);
  };
  service.max_header_bytes = config.http.max_header_bytes;
  service.max_body_bytes = max_public_body;
  const std::size_t limit = config.client.connection_limit;
  service.sockets = {
      .sockets = limit == 0 ? shares.clients : std::min(limit, shares.clients),
      .sockets_per_address = config.http.connections_per_address,
      .rate_per_address =
          static_cast<double>(config.http.connection_rate_per_address)};
  service.max_leaving = shares.leaving;
  service.request_timeout = config.websocket.handshake_timeout;
  service.idle_timeout = config.http.idle_timeout;
  return service;
}

} // namespace net
