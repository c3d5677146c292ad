#pragma once

#include "actors/client/connection/ping_rhythm.hpp"
#include "actors/client/connection/pong_patience.hpp"
#include "net/session/session.hpp"
#include "net/websocket/frame_reader.hpp"

#include <chrono>
#include <memory>

namespace net {

/// One WebSocket (RFC 6455) whose upgrade was asked for: bytes in become
/// messages for its owner.
class websocket_session : public session, private frame_sink {
public:
  websocket_session(const config::node_config& config, lane_gateway& where);

  /// Sends ping frames as `[client]` says, from now on.
  void start_pings();

  /// The client only listens: it gets pushes without what is around them.
  void speak_bare() { form_ = proto::frame_form::bare_websocket; }

  /// permessage-deflate was agreed.
  void compress();

  void send(const proto::frame_ptr& frame) override;
  void admit() override;

protected:
  void take(std::span<char> bytes) override;
  bool say_end(std::uint32_t code, std::string_view reason) override;
  void on_finish() override { pings_.reset(); }

private:
  struct pinger {
    explicit pinger(asio::io_context& io) : timer(io) {}

    asio::steady_timer timer;
    actors::ping_rhythm rhythm;
    actors::pong_patience patience;
  };

  // -- frame_sink -------------------------------------------------------------

  bool on_message(std::string_view bytes, message_kind kind) override;
  void on_ping(std::string_view payload) override;
  void on_pong() override;
  void on_close(std::uint16_t code, std::string_view reason) override;

  // -- pings ------------------------------------------------------------------

  void wait_for_ping_time(std::chrono::milliseconds delay);
  void on_ping_time();

  frame_reader frames_;
  std::unique_ptr<pinger> pings_;
  proto::frame_form form_ = proto::frame_form::websocket;
  bool compresses_ = false;
  bool admitted_ = false; ///< The client has proved who it is.
};

} // namespace net
