#pragma once

#include "actors/lane/lane_actor.hpp"
#include "actors/room/audience/audience.hpp"
#include "cluster-config/transport.hpp"
#include "proto/wire_format.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace actors {

class client_link;
struct client_services;

/// What a transport knows of a client before its first command.
struct client_origin {
  proto::wire_format format = proto::wire_format::json;
  config::transport transport = config::transport::websocket;
  std::string remote_address;
  std::string cookie_token; ///< From the configured cookie; empty: none.
  /// The client asked for RFC 6455 pings; the transport sends them.
  bool transport_pings = false;

  /// It sends a connect and nothing more, and takes pushes alone: the answer
  /// to the connect is one, too.
  bool listens_only() const { return config::listens_only(transport); }
};

/// One client: its session, subscriptions and outgoing queue.
///
/// The transport calls it on its lane; the connection holds the link until it
/// ends. Ends with the link closed, every subscription given back, and the
/// user's entry removed.
class connection final : public lane_actor, public subscriber {
public:
  /// `services` outlives the actor; `out` is set before the first call.
  connection(caf::actor_config& cfg, const client_services& services,
             audience_ref rooms, std::shared_ptr<client_link> out,
             client_origin origin);
  ~connection() override;

  // -- called by the transport (wrapped in in_handler by these methods) -------

  /// One message of the client: one or more commands. The bytes need not
  /// outlive the call.
  void on_message(std::string_view bytes);

  /// The socket is gone or has been closed by the peer.
  void on_closed(std::string_view why);

  /// See client_link::tell_when_below.
  void on_drained();

  /// Disconnects with `code` (proto/errors.hpp) for a reason that the
  /// transport found.
  void disconnect(std::uint32_t code, std::string_view reason);

  /// The same, once all that the client asked before is answered, or after 5
  /// seconds. It sends nothing more.
  void disconnect_when_answered(std::uint32_t code, std::string_view reason);

  // -- subscriber -------------------------------------------------------------

  proto::wire_format format() const override;
  void deliver(const proto::frame_ptr& push) override;
  bool has_room_for(std::size_t bytes) override;
  void lost_continuity(const std::string& room) override;

  /// The kinds of commands, each at the position where lane_metrics counts it.
  static std::vector<const char*> command_names();

  const char* name() const override { return "connection"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace actors
