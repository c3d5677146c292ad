#include "net/stream/serve_stream.hpp"

#include "net/http/cors.hpp"
#include "net/session/connection_owner.hpp"
#include "net/session/on_plain.hpp"
#include "net/session/on_tls.hpp"
#include "net/stream/stream_session.hpp"

#include <memory>
#include <utility>

namespace net {

namespace {

bool is_sse(config::transport kind) {
  return kind == config::transport::sse || kind == config::transport::uni_sse;
}

proto::wire_format format_of(config::transport kind,
                             const http_request& request) {
  return kind == config::transport::http_stream
                 && is_binary(header(request, http::field::content_type))
             ? proto::wire_format::protobuf
             : proto::wire_format::json;
}

proto::frame_form form_of(config::transport kind) {
  const bool bare = config::listens_only(kind);
  using enum proto::frame_form;
  if (is_sse(kind))
    return bare ? bare_events : events;
  return bare ? bare_stream : stream;
}

/// Without a length: the answer ends with the connection, for HTTP/1.0, too,
/// which proxies speak to us.
std::string head_of(config::transport kind, proto::wire_format format,
                    const http_request& request,
                    const config::http_section& config) {
  std::string out = "HTTP/1.1 200 OK\r\n"
                    "Server: Roost\r\n"
                    "Connection: close\r\n"
                    "Cache-Control: private, no-cache, no-store, "
                    "must-revalidate, max-age=0\r\n"
                    "Pragma: no-cache\r\n"
                    "Expires: 0\r\n"
                    "X-Accel-Buffering: no\r\n"
                    "X-Content-Type-Options: nosniff\r\n"
                    "Content-Type: ";
  out += is_sse(kind) ? "text/event-stream; charset=utf-8"
         : format == proto::wire_format::protobuf
             ? "application/octet-stream"
             : "application/json; charset=utf-8";
  for (const auto& [name, value] : cors_headers(request, config)) {
    const auto text = http::to_string(name);
    out.append("\r\n").append(text.data(), text.size());
    out.append(": ").append(value);
  }
  out += "\r\n\r\n";
  if (is_sse(kind))
    // Some browsers open with the first byte of the body. No CR: behind one,
    // eventsource 2 of npm overlooks the end of the first event.
    out += "\n";
  return out;
}

template <class Session, class Stream>
void serve(gateway& node, lane_gateway& where, Stream stream,
           const http_request& request, std::string_view commands,
           actors::client_origin origin, std::span<char> early,
           socket_place place) {
  const auto kind = origin.transport;
  origin.format = format_of(kind, request);
  const auto served =
      std::make_shared<Session>(*node.config, where, std::move(stream));
  served->speak(origin.format, form_of(kind));
  auto head = head_of(kind, origin.format, request, node.config->http);
  const auto handle = actors::spawn_on<actors::connection>(
      *where.lane, *node.services, where.audience,
      std::shared_ptr<actors::client_link>{served}, std::move(origin));
  served->run({.owner = std::make_unique<connection_owner>(handle),
               .answer = std::move(head),
               .transport = kind,
               .place = std::move(place)},
              early);
  served->begin(commands);
}

} // namespace

void serve_stream(gateway& node, lane_gateway& where, plain_socket socket,
                  const http_request& request, std::string_view commands,
                  actors::client_origin origin, std::span<char> early,
                  socket_place place) {
  serve<on_plain<stream_session>>(node, where, std::move(socket), request,
                                  commands, std::move(origin), early,
                                  std::move(place));
}

void serve_stream(gateway& node, lane_gateway& where, tls_socket socket,
                  const http_request& request, std::string_view commands,
                  actors::client_origin origin, std::span<char> early,
                  socket_place place) {
  serve<on_tls<stream_session>>(node, where, std::move(socket), request,
                                commands, std::move(origin), early,
                                std::move(place));
}

} // namespace net
