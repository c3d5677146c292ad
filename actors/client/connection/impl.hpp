#pragma once

#include "actors/client/client_services.hpp"
#include "actors/client/connection/command_answer.hpp"
#include "actors/client/connection/command_queue.hpp"
#include "actors/client/connection/connection.hpp"
#include "actors/client/connection/member_task.hpp"
#include "actors/client/connection/ping_rhythm.hpp"
#include "actors/client/connection/pong_patience.hpp"
#include "actors/client/connection/reply_writer.hpp"
#include "actors/client/connection/subscribe_authorization.hpp"
#include "actors/client/connection/subscription_table.hpp"
#include "actors/client/users_messages.hpp"
#include "actors/lane/lane_timer.hpp"
#include "proto/client.pb.h"
#include "proto/errors.hpp"
#include "proto/link.pb.h"

#include <caf/response_promise.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace actors {

/// What a connection is made of. Its parts know no actor: a command_queue
/// holds back what has to wait, a reply_writer has the way out, a
/// subscription_table the rooms, and a ping_rhythm the pings. What a command
/// does is here, in these files:
/// - connection.cpp: how it begins and ends, and what audiences deliver;
/// - command_loop.cpp: from bytes to commands; command_kinds.cpp: which;
/// - connect.cpp, refresh.cpp, subscribe.cpp, unsubscribe.cpp, publish.cpp and
///   room_state.cpp: what they do;
/// - rooms.cpp: finding and asking a room, which several of them do;
/// - replies.cpp: replies and pushes;
/// - liveness.cpp: pings, and what ends at its time;
/// - user_commands.cpp: what the server API asks.
///
/// Nothing here ends the actor at once: `close` marks it, and it ends at the
/// end of the turn. So an audience or link may call in at any time.
class connection::impl {
public:
  using time_point = lane::clock::time_point;

  impl(connection& self, const client_services& services, audience_ref rooms,
       std::shared_ptr<client_link> out, client_origin origin);

  // -- life (connection.cpp) --------------------------------------------------

  void start();

  /// Gives everything back; the actor has ended.
  void finish();

  /// Ends the connection at the end of the turn. The first code counts.
  void close(proto::disconnect_code code);
  void close(std::uint32_t code, std::string_view reason);

  /// The same once what was begun is answered, which may take answer_grace.
  void close_when_answered(std::uint32_t code, std::string_view reason);

  /// The same when the peer is gone already.
  void on_gone(std::string_view why);

  // -- commands (command_loop.cpp) --------------------------------------------

  /// When a command may come.
  enum class admission : std::uint8_t {
    connected, ///< After a good connect.
    first,     ///< Before everything else, as the connect.
    always,    ///< It answers us, and costs nothing of the rate.
  };

  /// What there is to know of a kind of command: a new one needs its row in
  /// command_kinds.cpp, a handler here and its definition.
  struct command_kind {
    const char* name; ///< As metrics call it.
    admission admitted;
    bool (*matches)(const roost::client::Command&);
    void (*run)(impl&, roost::client::Command&);
    /// The room that it acts in as a subscriber; null where there is none. It
    /// waits for a subscribe under way: it may be allowed to subscribers only,
    /// and the client expects to get what it publishes.
    const std::string& (*room)(const roost::client::Command&) = nullptr;
    /// Whether its answer may be long; null: never.
    bool (*reads)(const roost::client::Command&) = nullptr;
    /// The token that it has, if any; null: it never has one.
    const std::string& (*token)(const roost::client::Command&) = nullptr;

    bool has_token(const roost::client::Command& command) const {
      return token != nullptr && !token(command).empty();
    }
  };

  static std::span<const command_kind> command_kinds();

  void on_message(std::string_view bytes);

  /// The same of what came beside its socket.
  void on_emulated(std::string_view bytes);

  /// The link has room again.
  void on_drained();

  // -- subscriber (connection.cpp) --------------------------------------------

  proto::wire_format format() const { return origin_.format; }
  void deliver(const proto::frame_ptr& push);
  bool has_room_for(std::size_t bytes);
  void lost_continuity(const std::string& room);

  // -- messages of the node (user_commands.cpp) -------------------------------

  void on_user_command(const user_command& command,
                       caf::response_promise promise);
  std::shared_ptr<roost::link::Connection> describe() const;

private:
  enum class stage : std::uint8_t {
    fresh,      ///< No connect yet.
    connecting, ///< Later commands wait.
    connected,
    refused, ///< The connect failed; nothing more is accepted.
  };

  /// What a connect collects until it can be answered.
  struct pending_connect {
    std::uint32_t id = 0;
    roost::client::ConnectRequest request;
    connection_claims claims;
    roost::client::ConnectResult result;
    /// Server-side subscriptions that are not answered yet.
    std::size_t missing = 0;
    std::optional<proto::errc> error;
    /// Pushes that must not overtake the reply.
    std::vector<proto::frame_ptr> held;
    std::size_t held_bytes = 0;
    /// User commands that came too early.
    std::vector<std::function<void()>> later;
  };

  /// What is said at the end of the turn that ends the connection, or once what
  /// was begun is answered.
  struct ending {
    /// Whoever owns the connection may let it go at once; it ends by its own
    /// hand. Null until it closes.
    caf::strong_actor_ptr self;
    std::uint32_t code;
    std::string reason;
  };

  /// An unsubscribe that waits for the subscribe before it.
  struct pending_unsubscribe {
    pending_unsubscribe(connection& self, std::uint32_t command, std::string of,
                        std::function<void()> late)
        : id(command), room(std::move(of)), timeout(self, std::move(late)) {}

    std::uint32_t id;
    std::string room;
    lane_timer timeout;
  };

  /// What becomes of a subscription once the audience has answered.
  using on_outcome = std::function<void(subscription*, subscribe_outcome&)>;

  // -- life -------------------------------------------------------------------

  void close_if_answered();
  void turn_end();
  void after_turn();
  lane_metrics& metrics() const { return self_.home_lane().metrics(); }
  time_point now() const { return self_.home_lane().now(); }
  const config::client_section& limits() const {
    return services_.config->client;
  }
  const std::string& user() const { return info_.user(); }
  const std::string& client() const { return info_.client(); }

  // -- commands ---------------------------------------------------------------

  /// Null for a command without a request that we know.
  static const command_kind* kind_of(const roost::client::Command& command);
  /// False when one has to wait, and the rest with it.
  std::string_view run_commands(std::string_view bytes);
  /// Whether no command may run now; sees to it that one may later.
  bool must_wait();
  enum class turn : std::uint8_t { now, later, never };
  turn turn_of(const command_kind* kind, const roost::client::Command& command);
  turn turn_to_read();
  void resume_after(std::chrono::milliseconds delay);
  void wait_for_room(std::size_t bytes);
  void resume_commands();
  void end_turn_with_token();
  void resume_at_turn_end();
  void handle(const command_kind* kind, roost::client::Command& command);

  // -- the way out (replies.cpp) ----------------------------------------------

  void reply(const roost::client::Reply& message);
  void push(roost::client::Push& message);
  void refuse(std::uint32_t id, proto::errc code);
  /// Refuses for now what is refused for good elsewhere.
  void refuse_for_now(std::uint32_t id, proto::errc code);
  void refuse(std::uint32_t id, const roost::link::Error& error);
  /// Plans what `out_` needs at the end of the turn.
  void written();

  // -- session commands -------------------------------------------------------

  void connect(std::uint32_t id, roost::client::ConnectRequest& request);
  std::optional<connection_claims> check_connect_token();
  void enter();
  void on_entered(bool admitted);
  void start_server_subscriptions();
  bool add_server_subscription(const std::string& room,
                               const subscription_options& options,
                               bool from_token);
  void finish_connect();
  void answer_connect(std::uint32_t id, roost::client::ConnectResult& result);
  void refuse_connect(proto::errc code);

  void rpc(std::uint32_t id, roost::client::RPCRequest& request);
  void send(std::uint32_t id, const roost::client::SendRequest& request);
  void refresh(std::uint32_t id, const roost::client::RefreshRequest& request);
  void update_info(std::string conn_info);

  // -- rooms (rooms.cpp) ------------------------------------------------------

  /// The options of a room that a command names; nothing when the command was
  /// refused.
  const config::channel_options* find_room(std::uint32_t id,
                                           const std::string& room);
  asker who_asks(std::string_view room) const;
  token_bearer bearer_of(std::string_view room) const;
  roost::client::ClientInfo info_in(const subscription* entry) const;

  /// Asks a room; `done` gets the answer unless the connection closes first.
  /// An error is answered to the command `id` instead. With `reads` it counts
  /// as a command that reads.
  void ask(std::uint32_t id, std::shared_ptr<roost::link::RoomRequest> request,
           std::function<void(roost::link::RoomReply&)> done,
           bool reads = false);
  void end_read(std::uint64_t cost);
  void request_done();

  // -- room commands ----------------------------------------------------------

  void subscribe(std::uint32_t id,
                 const roost::client::SubscribeRequest& request);
  bool make_filter(std::uint32_t id,
                   const roost::client::SubscribeRequest& request,
                   const config::channel_options& options,
                   std::shared_ptr<const tags_filter>& out);
  subscription_features
  wishes_of(const roost::client::SubscribeRequest& request,
            const config::channel_options& options) const;
  void begin_subscription(subscription_request request, subscription entry,
                          on_outcome done);
  void on_subscribed(const std::string& room, subscribe_outcome& outcome,
                     const on_outcome& done);
  void sub_refresh(std::uint32_t id,
                   const roost::client::SubRefreshRequest& request);
  void unsubscribe(std::uint32_t id,
                   const roost::client::UnsubscribeRequest& request);
  void leave(std::uint32_t id, const std::string& room);
  void finish_unsubscribe();
  void drop_subscription(const std::string& room);
  void take_back(const std::string& room, proto::unsubscribe_code why);
  void push_unsubscribe(const std::string& room, proto::unsubscribe_code why);
  void leave_all_rooms();

  void publish(std::uint32_t id, roost::client::PublishRequest& request);
  /// Whether the client may read who is in `room`; else the command is
  /// refused.
  bool admit_presence(std::uint32_t id, const std::string& room);
  void presence(std::uint32_t id,
                const roost::client::PresenceRequest& request);
  void presence_stats(std::uint32_t id,
                      const roost::client::PresenceStatsRequest& request);
  void history(std::uint32_t id, const roost::client::HistoryRequest& request);

  // -- liveness and expiry (liveness.cpp) -------------------------------------

  void start_pings();
  /// 0: it answers no pings.
  config::duration pong_timeout() const {
    return origin_.listens_only() ? config::duration{} : limits().pong_timeout;
  }
  void on_life_timer();
  void on_pong();
  /// When what ends at `expire_at` (Unix seconds) is taken; 0: never.
  time_point due_at(std::int64_t expire_at, config::duration grace) const;
  void arm_expiry();
  void on_expiry();

  // -- user commands ----------------------------------------------------------

  void execute(const roost::link::NodeRequest& request,
               const command_answer_ptr& answer);
  bool is_meant(const std::string& client_id, const std::string& session) const;
  void server_subscribe(const roost::link::UserSubscribe& command,
                        const command_answer_ptr& answer);
  void push_subscribe(const std::string& room, const std::string& data,
                      const subscribed& made);
  void server_unsubscribe(const roost::link::UserUnsubscribe& command,
                          const command_answer_ptr& answer);
  void server_disconnect(const roost::link::UserDisconnect& command,
                         const command_answer_ptr& answer);
  void server_refresh(const roost::link::UserRefresh& command,
                      const command_answer_ptr& answer);

  connection& self_;
  const client_services& services_;
  caf::strong_actor_ptr audience_life_; // keeps `audience_` valid
  audience* audience_;
  client_origin origin_;

  roost::client::ClientInfo info_;
  std::string client_name_;
  std::string client_version_;
  std::string session_; ///< By which commands reach it; empty: on its socket.
  std::int64_t connected_ms_ = 0;
  bool guest_ = false; ///< Stays within the rooms of guests.
  subscription_table subscriptions_;
  command_queue queue_;
  reply_writer out_;
  std::unique_ptr<pending_connect> connecting_;
  std::unique_ptr<pending_unsubscribe> unsubscribing_;
  std::unique_ptr<ending> ending_;

  time_point due_ = time_point::max();
  std::unique_ptr<lane_timer> rate_timer_;
  lane_timer life_timer_;
  lane_timer expiry_timer_;
  member_task<impl, &impl::turn_end> turn_end_{*this};
  member_task<impl, &impl::after_turn> after_turn_{*this};

  stage stage_ = stage::fresh;
  bool closing_ = false;
  bool entered_ = false;
  bool running_ = false;
  bool resume_ = false;
  pong_patience pong_patience_;
  ping_rhythm pings_;
};

} // namespace actors
