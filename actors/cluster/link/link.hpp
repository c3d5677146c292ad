#pragma once

#include "actors/cluster/hand_over_socket.hpp"
#include "actors/cluster/link/link_gaps.hpp"
#include "actors/cluster/link/link_messages.hpp"
#include "actors/cluster/link/link_metrics.hpp"
#include "actors/cluster/link/link_requests.hpp"
#include "actors/cluster/link/link_stream.hpp"
#include "actors/cluster/membership/membership_messages.hpp"
#include "actors/lane/lane_timer.hpp"
#include "actors/room/room_directory.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace actors {

/// What all links of a node share.
struct link_settings {
  std::string node;        ///< This node's name.
  std::string incarnation; ///< Of this start of it.
  std::chrono::milliseconds failure_timeout{2000};
  std::chrono::milliseconds request_timeout{4000};
  /// Above this, requests are refused and events dropped. Above twice this the
  /// link is cut if the peer takes nothing, above four times in any case. No
  /// frame may be larger than twice this.
  std::size_t queue_bytes = 8 * 1024 * 1024;

  const room_directory* rooms = nullptr; ///< None: no rooms here.
  std::vector<caf::actor> audiences;     ///< By number of their lane.
  std::vector<caf::actor> couriers;      ///< Likewise.
  caf::actor node_agent;                 ///< None: surveys get an error.
  caf::actor membership;
  std::shared_ptr<hand_over_socket> sockets;
  std::shared_ptr<link_registry> registry;
};

/// The way to one peer node, whatever its incarnation and however often the
/// connection between the two nodes breaks.
///
/// Takes ask_room, ask_shard(s) and ask_node (answered always: a temporary
/// error when the peer can't be reached, is too slow or too busy),
/// deliver_remote and control_frame. What is to be sent forms one stream of
/// frames that goes out in batches: at the end of the turn, at most
/// `max_in_flight` of them without acknowledgement, so that batches grow when
/// there is much to do.
///
/// Each connection has its own epoch. Batches of other epochs are ignored; a
/// batch out of order, bytes that make no sense or silence end the connection.
/// A request, a reply or events that do not parse between frames that do cost
/// no more than themselves.
class link final : public lane_actor {
public:
  static constexpr std::uint64_t max_in_flight = 4;

  /// A batch out acknowledges all that came in. Where none goes, so many are
  /// acknowledged together, since that costs as much as a batch; fewer of them
  /// at the next tick. With half of what may be under way, the peer never waits
  /// for that.
  static constexpr std::uint64_t ack_every = max_in_flight / 2;

  link(caf::actor_config& cfg, std::shared_ptr<const link_settings> settings,
       std::string peer);
  ~link() override;

  const char* name() const override { return "link"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  enum class phase : std::uint8_t { down, connecting, up };

  class flush_task final : public turn_end_task {
  public:
    explicit flush_task(link& owner) : owner_(owner) {}
    void at_turn_end() override;

  private:
    link& owner_;
  };

  // -- connection (connection.cpp) --------------------------------------------

  void use(const std::shared_ptr<peer_socket>& socket);
  bool holds_on_to_connection(const peer_identity& rival) const;
  void greet(caf::expected<caf::actor> peer_link);
  void on_hello(const link_hello& x);
  void on_welcome(const link_welcome& x);
  bool from_peer(const std::string& node, const std::string& incarnation) const;
  void come_up(std::uint64_t epoch, const caf::actor& batches,
               const caf::actor& acks);
  void go_down(const std::string& why);
  void tick();
  std::chrono::milliseconds tick_interval() const;
  std::chrono::milliseconds handshake_timeout() const;

  // -- out (send.cpp) ---------------------------------------------------------

  template <class Answer, class Body>
  caf::typed_response_promise<Answer> ask(int field, const Body& body);
  void deliver(const deliver_remote& x);
  void send_frame(const roost::link::LinkFrame& frame);
  template <class Reply>
  void reply(std::uint64_t epoch, std::uint64_t id, int field,
             const Reply& body);
  bool takes_more();
  void after_append();
  void send_gaps();
  void send_resynchronise_all();
  void flush_soon();
  void flush();
  void acknowledge();
  void on_ack(const link_ack& x);
  void take_ack(std::uint64_t count);
  void expire_requests();

  // -- in (receive.cpp) -------------------------------------------------------

  void on_batch(const link_batch& x);
  void receive(roost::link::LinkFrame& frame);
  void receive_broken(const roost::link::LinkFrame& frame);
  void receive_room_request(std::uint64_t id, roost::link::RoomRequest& body);
  void receive_shard_request(std::uint64_t id, roost::link::ShardRequest& body);
  void receive_shard_requests(std::uint64_t id,
                              roost::link::ShardRequests& body);
  void receive_node_request(std::uint64_t id, roost::link::NodeRequest& body);
  template <class Answer, class Reply>
  void receive_reply(std::uint64_t id, Reply& body);
  void receive_broken_reply(std::uint64_t id);
  void receive_events(roost::link::RoomEvents& body);
  void receive_pong(const roost::link::Pong& body);
  void tell_audiences_to_resynchronise();

  std::shared_ptr<const link_settings> settings_;
  std::string peer_;
  std::shared_ptr<link_metrics> metrics_;
  caf::actor ack_port_;

  phase phase_ = phase::down;
  std::shared_ptr<peer_socket> socket_;
  std::uint64_t attempt_ = 0; ///< Answers of earlier ones are stale.
  lane::clock::time_point started_{};
  lane::clock::time_point ticked_{};
  lane::clock::time_point heard_{};
  lane::clock::time_point acked_at_{}; ///< When the peer last took something.
  lane_timer ticker_;
  bool ping_next_ = true;

  caf::actor peer_batches_;
  caf::actor peer_acks_;
  std::uint64_t epoch_ = 0;
  std::uint64_t next_seq_ = 0;     ///< Of the next batch out.
  std::uint64_t acked_ = 0;        ///< Batches out that were acknowledged.
  std::uint64_t expected_ = 0;     ///< Seq of the next batch in.
  std::uint64_t acknowledged_ = 0; ///< Batches in, likewise.

  outgoing_stream outgoing_;
  incoming_stream incoming_;
  link_gaps gaps_;
  link_requests requests_;
  lane_timer expiry_;
  flush_task flush_task_;
};

} // namespace actors
