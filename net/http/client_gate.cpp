#include "net/http/client_gate.hpp"

#include "net/http/cors.hpp"
#include "net/http/no_place.hpp"
#include "net/stream/first_commands.hpp"
#include "net/websocket/upgrade.hpp"

#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>
#include <utility>

namespace net {

namespace {

using config::transport;

constexpr std::string_view prefix = "/connection/";

std::optional<transport> wanted(const http_request& request,
                                const config::http_section& config) {
  const auto path = path_of(request);
  if (!path.starts_with(prefix))
    return std::nullopt;
  const auto kind = config::transport_of(path.substr(prefix.size()));
  return kind && config.transports.has(*kind) ? kind : std::nullopt;
}

/// What a stream may be asked for with; EventSource knows GET only.
std::string_view methods_of(transport kind) {
  return kind == transport::sse || kind == transport::uni_sse ? "GET, POST"
                                                              : "POST";
}

bool has_method(const http_request& request, transport kind) {
  return request.method() == http::verb::post
         || (request.method() == http::verb::get
             && methods_of(kind).starts_with("GET"));
}

client_verdict read_upgrade(const http_request& request, transport kind) {
  if (header(request, http::field::sec_websocket_version)
      != websocket_version) {
    http_reply reply{.status = 426,
                     .body = "426 upgrade required: Sec-WebSocket-Version is "
                             "not 13\n"};
    reply.headers.emplace_back(http::field::sec_websocket_version,
                               websocket_version);
    return reply;
  }
  if (!is_upgrade_key(header(request, http::field::sec_websocket_key)))
    return http_reply{.status = 400,
                      .body = "400 bad request: Sec-WebSocket-Key is not 16 "
                              "bytes in base64\n"};
  return websocket_opening{kind};
}

client_verdict read_stream(const http_request& request, transport kind) {
  if (auto commands = first_commands(kind, request))
    return stream_opening{kind, std::move(*commands)};
  return http_reply{
      .status = 400,
      .body =
          config::listens_only(kind)
              ? "400 bad request: cf_connect or the body is not the JSON of "
                "a connect request\n"
              : "400 bad request: a connect command is expected, in "
                "cf_connect or the body\n"};
}

client_verdict read_poll(const http_request& request) {
  auto read = net::read_poll(request.body());
  if (auto* wanted = std::get_if<poll_request>(&read))
    return std::move(*wanted);
  return http_reply{.status = 400,
                    .body = "400 bad request: " + std::get<std::string>(read)
                            + "\n"};
}

/// What the request asks for, or the answer that it asks for nothing.
client_verdict read(const http_request& request, transport kind) {
  if (config::is_websocket(kind))
    return read_upgrade(request, kind);
  return kind == transport::poll ? read_poll(request)
                                 : read_stream(request, kind);
}

/// Whether it is for a session, and so of a client that is in.
bool is_for_session(const client_verdict& verdict) {
  const auto* poll = std::get_if<poll_request>(&verdict);
  return poll != nullptr && !poll->opens();
}

} // namespace

client_gate::client_gate(const config::node_config& config, std::size_t lanes)
    : config_(config),
      // One bucket a lane: accepted sockets are spread evenly.
      limiters_(std::max<std::size_t>(lanes, 1),
                rate_limiter{
                    static_cast<double>(config.client.connection_rate_limit)
                    / static_cast<double>(std::max<std::size_t>(lanes, 1))}) {}

client_verdict client_gate::operator()(request_context context,
                                       const http_request& request) {
  const auto kind = wanted(request, config_.http);
  const bool upgrade = beast::websocket::is_upgrade(request);
  if (!kind)
    return upgrade ? client_verdict{not_found()} : std::monostate{};
  if (config::is_websocket(*kind)) {
    if (request.method() != http::verb::get)
      return method_not_allowed("GET");
    if (!upgrade)
      return http_reply{
          .status = 400,
          .body = "400 bad request: a WebSocket upgrade is expected\n"};
  } else if (request.method() == http::verb::options) {
    return may_connect(request, config_.http)
               ? preflight(request, config_.http, methods_of(*kind))
               : foreign_origin();
  } else if (!has_method(request, *kind)) {
    return method_not_allowed(std::string{methods_of(*kind)} + ", OPTIONS");
  }
  auto verdict = settle(context, request, *kind);
  if (auto* reply = std::get_if<http_reply>(&verdict))
    for (auto& field : cors_headers(request, config_.http))
      reply->headers.push_back(std::move(field));
  return verdict;
}

client_verdict client_gate::settle(request_context context,
                                   const http_request& request,
                                   transport kind) {
  auto& metrics = context.where.lane->metrics();
  auto verdict = may_connect(request, config_.http)
                     ? read(request, kind)
                     : client_verdict{foreign_origin()};
  if (is_for_session(verdict))
    return verdict;
  if (std::holds_alternative<http_reply>(verdict)) {
    metrics.upgrades_refused.add();
    return verdict;
  }
  if (auto refusal = turn_away(context))
    return std::move(*refusal);
  metrics.transports[static_cast<std::size_t>(kind)].accepted.add();
  return verdict;
}

/// The answer to a new client that may not come now.
std::optional<http_reply> client_gate::turn_away(request_context context) {
  auto& metrics = context.where.lane->metrics();
  if (!context.node.ready)
    return turned_away(metrics.upgrades_refused, "the node is not ready");
  if (context.node.drained)
    return turned_away(metrics.upgrades_refused, "the node is drained");
  if (!allowed_by_rate(context.where))
    return turned_away(metrics.upgrades_refused_by_rate,
                       "client.connection_rate_limit is reached");
  return std::nullopt;
}

bool client_gate::allowed_by_rate(const lane_gateway& where) {
  auto& limiter = limiters_[where.lane->number() % limiters_.size()];
  return limiter.allow(std::chrono::steady_clock::now());
}

} // namespace net
