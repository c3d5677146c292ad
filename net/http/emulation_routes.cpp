#include "net/http/emulation_routes.hpp"

#include "net/http/cors.hpp"
#include "net/session/stranger.hpp"
#include "proto/client.pb.h"
#include "proto/json_codec.hpp"

#include <optional>
#include <utility>

namespace net {

namespace {

constexpr std::string_view methods = "POST";

struct emulated {
  std::string node;
  std::string session;
  std::string commands;
};

template <class Message>
emulated taken_from(Message& from) {
  return {std::move(*from.mutable_node()), std::move(*from.mutable_session()),
          std::move(*from.mutable_data())};
}

std::optional<emulated> read(const http_request& request) {
  const auto& body = request.body();
  if (is_binary(header(request, http::field::content_type))) {
    roost::client::EmulationRequest message;
    if (!message.ParseFromString(body))
      return std::nullopt;
    return taken_from(message);
  }
  roost::client::EmulationText message;
  if (proto::parse_json(body, message))
    return std::nullopt;
  return taken_from(message);
}

http_reply reply_to(actors::emulation::outcome outcome) {
  using enum actors::emulation::outcome;
  switch (outcome) {
  case taken:
    return {.status = 204};
  case unknown:
    return {.status = 404, .body = "404 not found: there is no such session\n"};
  case too_many:
    return {.status = 429, .body = "429 too many requests\n"};
  case failed:
    break;
  }
  // Not 503: balancers take that for a node that takes no clients.
  return {.status = 504,
          .body = "504 gateway timeout: the session's node does not answer\n"};
}

} // namespace

bool takes_emulation(const config::node_config& config) {
  return config.http.transports.has(config::transport::http_stream)
         || config.http.transports.has(config::transport::sse);
}

std::size_t emulation_body_limit(const config::node_config& config) {
  return 2 * max_message_of_stranger(config) + 1024;
}

void emulate(request_context context, const http_request& request,
             on_reply done) {
  const auto& config = context.node.config->http;
  if (!may_connect(request, config))
    return done(foreign_origin());
  if (request.method() == http::verb::options)
    return done(preflight(request, config, methods));
  const auto answer = [done = std::move(done),
                       cors = cors_headers(request, config)](http_reply reply) {
    reply.headers.insert(reply.headers.end(), cors.begin(), cors.end());
    done(std::move(reply));
  };
  if (request.method() != http::verb::post)
    return answer(method_not_allowed("POST, OPTIONS"));
  auto what = read(request);
  if (!what || what->session.empty() || what->commands.empty())
    return answer({.status = 400,
                   .body = "400 bad request: not an EmulationRequest with "
                           "node, session and data\n"});
  if (what->commands.size() > max_message_of_stranger(*context.node.config))
    return answer({.status = 413, .body = "413 request body too large\n"});
  context.where.emulation.self->send(
      what->node, std::move(what->session), std::move(what->commands),
      [answer](actors::emulation::outcome outcome) {
        answer(reply_to(outcome));
      });
}

} // namespace net
