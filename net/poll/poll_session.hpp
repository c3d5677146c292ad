#pragma once

#include "actors/client/connection/client_link.hpp"
#include "actors/client/connection/member_task.hpp"
#include "actors/client/polling.hpp"
#include "actors/lane/lane_timer.hpp"
#include "cluster-config/transport.hpp"
#include "net/admission/admission.hpp"
#include "net/gateway.hpp"
#include "net/poll/poll_queue.hpp"
#include "net/session/session_owner.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace net {

/// A client that asks for what it gets, and has no socket meanwhile. What waits
/// for it is bounded as for one that has a socket: a client that does not poll
/// is slow.
///
/// The session, its owner and the lane's `polling` hold it; `finish` lets all
/// of them go, and is reached on every path out, at the latest when the client
/// has not polled for a while.
class poll_session final : public actors::client_link,
                           public actors::polled_client,
                           public registered_session,
                           public std::enable_shared_from_this<poll_session> {
public:
  poll_session(const config::node_config& config, lane_gateway& where,
               proto::wire_format format, socket_place place);
  ~poll_session() override;

  /// Serves the owner. Returns the name of the session.
  const std::string& run(std::unique_ptr<session_owner> owner);

  // -- actors::polled_client --------------------------------------------------

  void ask(const roost::link::Poll& what, actors::on_polled done) override;

  // -- actors::client_link ----------------------------------------------------

  void send(const proto::frame_ptr& frame) override;
  /// What no answer has yet: the last one is like bytes that a kernel took.
  std::size_t queued_bytes() const override;
  void tell_when_below(std::size_t bytes) override;
  actors::client_flow flow() override;
  void admit() override {}
  void close(std::uint32_t code, std::string_view reason, bool flush) override;
  void pause_reading() override { paused_ = true; }
  void resume_reading() override { paused_ = false; }

  // -- registered_session -----------------------------------------------------

  void shut_down() override;
  void cut() override;

private:
  using outcome = roost::link::Polled::Outcome;

  struct ending {
    std::uint32_t code;
    std::string reason;
  };

  outcome take(const roost::link::Poll& what);
  void poll(const roost::link::Poll& what, actors::on_polled done);
  void acknowledged(std::size_t bytes);
  void push(const proto::frame_ptr& frame);
  void give();
  void release(outcome why);
  void expect_poll();
  void on_time();
  void leave(std::string_view why);
  void finish(std::string_view why);
  actors::lane_metrics& metrics() const { return where_.lane->metrics(); }
  actors::transport_metrics& transport_counts() const {
    return metrics()
        .transports[static_cast<std::size_t>(config::transport::poll)];
  }

  const config::node_config& config_;
  lane_gateway& where_;
  std::unique_ptr<session_owner> owner_;
  socket_place place_;
  std::string name_;
  poll_queue queue_;
  actors::on_polled waiting_; ///< The poll under way; null: there is none.
  std::uint64_t request_ = 0; ///< Which one it is, or the last one was.
  std::uint64_t pushed_ = 0;  ///< Bytes since the start.
  std::size_t low_mark_ = 0;  ///< The owner hears when less is queued.
  std::uint32_t sent_ = 0;    ///< Number of the commands taken last.
  proto::wire_format format_;
  bool paused_ = false;
  bool finished_ = false;
  std::unique_ptr<ending> ending_; ///< Once the last push is queued.
  /// Of the poll under way, or until which the next must come.
  actors::lane_timer timer_;
  actors::member_task<poll_session, &poll_session::give> turn_end_{*this};
};

} // namespace net
