#include "net/websocket/serve_websocket.hpp"

#include "net/session/on_plain.hpp"
#include "net/session/on_tls.hpp"
#include "net/websocket/upgrade.hpp"
#include "net/websocket/websocket_session.hpp"
#include "proto/errors.hpp"

#include <memory>

namespace net {

namespace {

/// Serves a session with a connection actor. Each call holds the actor, which
/// may end in it, and this with it.
class connection_owner final : public session_owner {
public:
  explicit connection_owner(const caf::actor& handle)
      : life_(caf::actor_cast<caf::strong_actor_ptr>(handle)),
        connection_(actors::self_of<actors::connection>(handle)) {}

  void on_message(std::string_view bytes, message_kind) override {
    const auto hold = life_;
    connection_->on_message(bytes);
  }

  void on_drained() override {
    const auto hold = life_;
    connection_->on_drained();
  }

  void on_fault(std::uint32_t code, std::string_view why) override {
    const auto hold = life_;
    connection_->disconnect_when_answered(code, why);
  }

  void disconnect(proto::disconnect_code code) override {
    const auto hold = life_;
    connection_->disconnect(static_cast<std::uint32_t>(code),
                            proto::reason(code));
  }

  void on_closed(std::string_view why) override {
    const auto hold = life_;
    connection_->on_closed(why);
  }

private:
  caf::strong_actor_ptr life_;
  actors::connection* connection_;
};

template <class Session, class Stream>
void serve(gateway& node, lane_gateway& where, Stream stream,
           const upgrade_request& request, actors::client_origin origin,
           std::span<char> early, socket_place place) {
  const auto field = [&](http::field name) {
    const auto value = request[name];
    return std::string_view{value.data(), value.size()};
  };
  const auto choice =
      choose_upgrade({request.target().data(), request.target().size()},
                     field(http::field::sec_websocket_protocol));
  origin.format = choice.format;
  origin.transport_pings = choice.transport_pings;
  const auto served =
      std::make_shared<Session>(*node.config, where, std::move(stream));
  const auto handle = actors::spawn_on<actors::connection>(
      *where.lane, *node.services, where.audience,
      std::shared_ptr<actors::client_link>{served}, std::move(origin));
  if (choice.transport_pings)
    served->start_pings();
  served->run({.owner = std::make_unique<connection_owner>(handle),
               .answer = upgrade_answer(field(http::field::sec_websocket_key),
                                        choice.subprotocol),
               .place = std::move(place)},
              early);
}

} // namespace

void serve_websocket(gateway& node, lane_gateway& where, plain_socket socket,
                     const upgrade_request& request,
                     actors::client_origin origin, std::span<char> early,
                     socket_place place) {
  serve<on_plain<websocket_session>>(node, where, std::move(socket), request,
                                     std::move(origin), early,
                                     std::move(place));
}

void serve_websocket(gateway& node, lane_gateway& where, tls_socket socket,
                     const upgrade_request& request,
                     actors::client_origin origin, std::span<char> early,
                     socket_place place) {
  serve<on_tls<websocket_session>>(node, where, std::move(socket), request,
                                   std::move(origin), early, std::move(place));
}

} // namespace net
