#pragma once

#include "actors/lane/lane_actor.hpp"
#include "actors/lane/lane_timer.hpp"
#include "actors/messages.hpp"
#include "actors/room/replication/replication_copy.hpp"
#include "actors/room/room.hpp"
#include "actors/room/rooms_context.hpp"
#include "actors/room/shard/parked_requests.hpp"
#include "actors/room/shard/relayed_publishers.hpp"
#include "actors/room/shard/shard_places.hpp"
#include "actors/room/shard/shard_replication.hpp"
#include "actors/room/shard/shard_rooms.hpp"
#include "actors/room/shard_copies.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace actors {

/// The representative of one shard on this node, whether its home is here or
/// elsewhere: there is one for each shard on every node.
///
/// It hands requests to the shard's rooms when this node is the home, passes
/// them on to the link of the home otherwise, and lets them wait, bounded,
/// while that is open. What came from a local asker is answered by whoever
/// answers it directly, so that answers and events of a room stay in order.
///
/// When the home moves away from here it gives its rooms to the new home, part
/// by part; when it moves here it takes them, and serves only afterwards.
///
/// Replicated rooms have copies on other nodes: at home the shard brings every
/// change of theirs to the copies, elsewhere it keeps the copy if the view
/// wants it. A copy that becomes home goes on with its rooms, which stay
/// without an actor (dormant) until somebody asks for them.
///
/// Two variants say what there is, and hold what matters only while it is so:
/// where the shard's rooms are (places.hpp), and whether the replicated ones
/// are a copy here or at home.
class shard final : public lane_actor, private room_host {
public:
  /// Nodes that may pass a request on.
  static constexpr std::uint32_t max_hops = 4;

  /// `context` outlives the actor.
  shard(caf::actor_config& cfg, rooms_context& context, std::uint32_t number);
  ~shard() override;

  const char* name() const override { return "shard"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

  // -- plain calls of the lane's courier --------------------------------------

  /// Takes records as a copy that is in their term.
  roost::link::ShardReply take_records(roost::link::ShardRequest& request);

  /// The answer of a copy at `to`. `home` and `ticket` are as they were given
  /// to the courier.
  void on_carried(std::uint64_t home, const std::string& to,
                  std::uint64_t ticket, const roost::link::ShardReply& reply);

private:
  using waiting_room_request = waiting_request<roost::link::RoomRequest>;
  using waiting_part = waiting_request<roost::link::ShardRequest>;
  using living_room = shard_rooms::living_room;

  // -- requests ---------------------------------------------------------------

  void route(waiting_room_request x);
  void serve(waiting_room_request& x);
  void serve_absent(waiting_room_request& x);
  void serve_at(const living_room& home, waiting_room_request& x);
  void forward(waiting_room_request& x);
  void park(waiting_room_request x);
  void refuse(caf::response_promise& promise, std::string_view why);
  void resume_parked();
  void time_out_parked();
  void plan_time_out();
  void count_parked();
  bool sees_home() const;

  // -- views ------------------------------------------------------------------

  void on_view(std::shared_ptr<const cluster_view> now);
  void forget_departed(const cluster_view& before);
  void place();
  void enter(shard_place next);
  void on_place_due();
  void forget_all();
  void await_home();
  void become_home(const std::string& donor);
  void await(const std::string& donor);
  void go_on();
  void become_elsewhere(const std::string& home, const std::string& donor);
  void leave_home(const std::string& home, bool ours);
  bool comes_from(const std::string& donor) const;
  bool lives_elsewhere(const std::string& donor) const;
  std::uint64_t view_number() const;

  // -- hand-over: the taking side ---------------------------------------------

  void on_shard_request(waiting_part x);
  void park(waiting_part x);
  void take_part(waiting_part& x);
  bool take_tail(const roost::link::HandOver& part);
  void accept_part(waiting_part& x);
  void stop_awaiting(bool complete);

  // -- hand-over: the giving side ---------------------------------------------

  void start_giving(const std::string& home,
                    std::optional<roost::link::Replicate> tail);
  void give_part();
  void on_given(std::uint64_t number, const shard_answer& answer);
  void retry_giving();
  lane::clock::time_point give_until() const;

  // -- replication ------------------------------------------------------------

  shard_replication* replication();
  const shard_replication* replication() const;
  replication_copy& copy();
  void start_replication(bool go_on);
  void become_copy(std::uint64_t relayed_with = relayed_publishers::none);
  void forget_replicated();
  void assign_copy();
  void on_replication(waiting_part& x);
  roost::link::ShardReply replicate_here(roost::link::ShardRequest& request);
  void count_copies();
  void sweep();
  void plan_sweep();
  bool lease_holds() const;

  // -- room_host --------------------------------------------------------------

  const rooms_context& context() const override { return context_; }
  const cluster_view& view() const override { return *view_; }
  std::uint32_t shard_number() const override { return number_; }
  epoch_source& epochs() override { return epochs_; }
  unix_time now() const override;
  std::string_view refuses_changes() const override;
  std::uint64_t replicate(room_record record) override;
  void room_ended(const room& ended, bool failed) override;

  rooms_context& context_;
  const std::uint32_t number_;
  epoch_source epochs_;
  const std::chrono::system_clock::duration to_unix_;

  std::shared_ptr<const cluster_view> view_;
  shard_copies copies_; // in the view
  shard_place place_;
  lane_timer place_timer_;    // awaiting: gives up; giving: tries again
  std::uint64_t givings_ = 0; // so many there were
  shard_rooms rooms_;

  parked_requests<roost::link::RoomRequest> parked_;
  parked_requests<roost::link::ShardRequest> parked_parts_;
  relayed_publishers relayed_;
  lane_timer time_out_;

  /// What is here of the replicated rooms: a copy, or all that their home does
  /// for them.
  std::variant<replication_copy, shard_replication> replicated_;
  std::uint64_t replications_ = 0; // so many homes there were
  lane_timer sweep_;

  // What was added to the lane's gauges for this shard.
  gauge_part counted_parked_;
  gauge_part counted_copies_;
  gauge_part counted_copy_bytes_;
};

} // namespace actors
