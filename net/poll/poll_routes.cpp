#include "net/poll/poll_routes.hpp"

#include "net/http/cors.hpp"
#include "net/http/no_place.hpp"
#include "net/pages/pages.hpp"
#include "net/poll/poll_session.hpp"
#include "net/session/connection_owner.hpp"
#include "net/session/stranger.hpp"
#include "proto/json_codec.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace net {

namespace {

using roost::link::Polled;

/// What every answer has: it is of this moment, and for this page.
void finish_head(http_reply& reply, const http_request& request,
                 const config::http_section& config) {
  reply.headers.emplace_back(http::field::cache_control,
                             "private, no-cache, no-store, must-revalidate, "
                             "max-age=0");
  for (auto& field : cors_headers(request, config))
    reply.headers.push_back(std::move(field));
}

http_reply poll_reply(const roost::client::PollAnswer& head,
                      std::string_view messages = {}) {
  http_reply reply{.content_type = "application/octet-stream"};
  proto::append_json(head, reply.body);
  reply.body += '\n';
  reply.body += messages;
  return reply;
}

http_reply reply_to(const Polled& polled) {
  switch (polled.outcome()) {
  case Polled::TAKEN:
    return {.status = 204};
  case Polled::UNKNOWN:
    return {.status = 404, .body = "404 not found: there is no such session\n"};
  case Polled::OUT_OF_ORDER:
    return {.status = 409,
            .body = "409 conflict: neither the last number nor the next\n"};
  case Polled::BUSY:
    return {.status = 429,
            .body = "429 too many requests: commands wait, send these again\n"};
  case Polled::FAILED:
    // Not 503: balancers take that for a node that takes no clients.
    return {.status = 504,
            .body = "504 gateway timeout: the session's node does not "
                    "answer\n"};
  default:
    break;
  }
  roost::client::PollAnswer head;
  head.set_number(polled.number());
  head.set_code(polled.code());
  head.set_reason(polled.reason());
  return poll_reply(head, polled.messages());
}

roost::link::Poll question_of(const poll_request& from,
                              const config::http_section& config) {
  roost::link::Poll out;
  out.set_session(from.head.session());
  out.set_answer(from.head.poll());
  out.set_wait_ms(static_cast<std::uint32_t>(
      std::chrono::milliseconds{config.poll_wait}.count()));
  out.set_send(from.head.send());
  out.set_commands(std::string{from.commands});
  out.set_close(from.head.close());
  return out;
}

http_reply open(request_context context, const poll_request& wanted,
                actors::client_origin origin, socket_place place) {
  auto& where = context.where;
  const auto& config = *context.node.config;
  origin.format = wanted.head.open() == "protobuf"
                      ? proto::wire_format::protobuf
                      : proto::wire_format::json;
  const auto served = std::make_shared<poll_session>(
      config, where, origin.format, std::move(place));
  const auto handle = actors::spawn_on<actors::connection>(
      *where.lane, *context.node.services, where.audience,
      std::shared_ptr<actors::client_link>{served}, std::move(origin));
  roost::client::PollAnswer head;
  head.set_session(served->run(std::make_unique<connection_owner>(handle)));
  head.set_node(context.node.services->node);
  head.set_limit(static_cast<std::uint32_t>(max_message_of_stranger(config)));
  head.set_wait_ms(static_cast<std::uint32_t>(
      std::chrono::milliseconds{config.http.poll_wait}.count()));
  return poll_reply(head);
}

} // namespace

std::size_t poll_body_limit(const config::node_config& config) {
  return max_message_of_stranger(config) + max_poll_head + 1;
}

http_reply open_poll_session(request_context context,
                             const http_request& request,
                             const poll_request& wanted,
                             actors::client_origin origin,
                             const peer_address& client, admission& places) {
  auto admitted = places.admit(client, std::chrono::steady_clock::now());
  auto& metrics = context.where.lane->metrics();
  if (admitted.displaced)
    metrics.idle_connections_displaced.add();
  auto reply = admitted.place ? open(context, wanted, std::move(origin),
                                     std::move(admitted.place))
                              : no_place(admitted.why, metrics);
  finish_head(reply, request, context.node.config->http);
  return reply;
}

void answer_poll(request_context context, const http_request& request,
                 const poll_request& wanted, on_reply done) {
  const auto& config = *context.node.config;
  http_reply frame;
  finish_head(frame, request, config.http);
  if (wanted.commands.size() > max_message_of_stranger(config)) {
    frame.status = 413;
    frame.body = "413 request body too large\n";
    return done(std::move(frame));
  }
  context.where.polling.self->ask(
      wanted.head.node(), question_of(wanted, config.http),
      [done = std::move(done),
       headers = std::move(frame.headers)](const Polled& polled) {
        auto reply = reply_to(polled);
        reply.headers = headers;
        done(std::move(reply));
      });
}

http_reply poll_module(const http_request& request) {
  if (request.method() != http::verb::get
      && request.method() != http::verb::head)
    return method_not_allowed("GET, HEAD");
  const auto* page = find_page(poll_module_path);
  if (page == nullptr)
    return not_found();
  return {.content_type = std::string{page->content_type},
          .body = std::string{page->body},
          .headers = {{http::field::cache_control, "no-cache"},
                      {http::field::access_control_allow_origin, "*"}}};
}

} // namespace net
