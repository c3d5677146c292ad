#include "net/websocket/serve_websocket.hpp"

#include "net/session/connect_command.hpp"
#include "net/session/connection_owner.hpp"
#include "net/session/on_plain.hpp"
#include "net/session/on_tls.hpp"
#include "net/websocket/extensions.hpp"
#include "net/websocket/upgrade.hpp"
#include "net/websocket/websocket_session.hpp"

#include <memory>
#include <utility>

namespace net {

namespace {

/// For a client that only listens: its first message is a ConnectRequest, and
/// what follows is dropped.
class listener_owner final : public session_owner {
public:
  explicit listener_owner(const caf::actor& handle) : owner_(handle) {}

  void on_message(std::string_view bytes, message_kind kind) override {
    if (std::exchange(connected_, true))
      return;
    if (const auto command = connect_command(bytes))
      owner_.on_message(*command, kind);
    else
      owner_.disconnect(proto::disconnect_code::bad_request);
  }

  void on_drained() override { owner_.on_drained(); }
  void on_fault(std::uint32_t code, std::string_view why) override {
    owner_.on_fault(code, why);
  }
  void disconnect(proto::disconnect_code code) override {
    owner_.disconnect(code);
  }
  void on_closed(std::string_view why) override { owner_.on_closed(why); }

private:
  connection_owner owner_;
  bool connected_ = false;
};

template <class Session, class Stream>
void serve(gateway& node, lane_gateway& where, Stream stream,
           const http_request& request, actors::client_origin origin,
           std::span<char> early, socket_place place) {
  const auto field = [&](http::field name) {
    const auto value = request[name];
    return std::string_view{value.data(), value.size()};
  };
  const auto choice =
      choose_upgrade({request.target().data(), request.target().size()},
                     field(http::field::sec_websocket_protocol));
  const bool listens_only = origin.listens_only();
  const auto transport = origin.transport;
  if (!listens_only)
    origin.format = choice.format;
  origin.transport_pings = choice.transport_pings;
  const auto served =
      std::make_shared<Session>(*node.config, where, std::move(stream));
  const auto handle = actors::spawn_on<actors::connection>(
      *where.lane, *node.services, where.audience,
      std::shared_ptr<actors::client_link>{served}, std::move(origin));
  const auto extension =
      node.config->websocket.compression
          ? accept_deflate(field(http::field::sec_websocket_extensions))
          : std::nullopt;
  if (extension)
    served->compress();
  std::unique_ptr<session_owner> owner;
  if (listens_only) {
    served->speak_bare();
    owner = std::make_unique<listener_owner>(handle);
  } else {
    owner = std::make_unique<connection_owner>(handle);
  }
  if (choice.transport_pings)
    served->start_pings();
  served->run({.owner = std::move(owner),
               .answer = upgrade_answer(field(http::field::sec_websocket_key),
                                        listens_only ? "" : choice.subprotocol,
                                        extension.value_or("")),
               .transport = transport,
               .place = std::move(place)},
              early);
}

} // namespace

void serve_websocket(gateway& node, lane_gateway& where, plain_socket socket,
                     const http_request& request, actors::client_origin origin,
                     std::span<char> early, socket_place place) {
  serve<on_plain<websocket_session>>(node, where, std::move(socket), request,
                                     std::move(origin), early,
                                     std::move(place));
}

void serve_websocket(gateway& node, lane_gateway& where, tls_socket socket,
                     const http_request& request, actors::client_origin origin,
                     std::span<char> early, socket_place place) {
  serve<on_tls<websocket_session>>(node, where, std::move(socket), request,
                                   std::move(origin), early, std::move(place));
}

} // namespace net
