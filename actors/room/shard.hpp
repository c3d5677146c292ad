#pragma once

#include "actors/lane/lane_actor.hpp"
#include "actors/lane/lane_timer.hpp"
#include "actors/messages.hpp"
#include "actors/room/hand_over.hpp"
#include "actors/room/room.hpp"
#include "actors/room/rooms_context.hpp"

#include <caf/response_promise.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

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

private:
  enum class mode : std::uint8_t {
    unplaced,  ///< No view yet, or no home in it: requests wait.
    elsewhere, ///< Another node is the home.
    awaiting,  ///< The home, but another node still has the rooms.
    serving,   ///< The home.
    giving,    ///< Another node is the home and gets our rooms.
  };

  struct waiting_request {
    std::shared_ptr<roost::link::RoomRequest> request;
    caf::response_promise promise;
    lane::clock::time_point deadline;
  };

  struct waiting_part {
    std::shared_ptr<roost::link::ShardRequest> request;
    caf::response_promise promise;
    lane::clock::time_point deadline;
  };

  struct living_room {
    caf::actor handle;
    room* object = nullptr;
  };

  // -- requests ---------------------------------------------------------------

  void route(waiting_request x);
  void serve(waiting_request& x);
  void serve_absent(waiting_request& x);
  void serve_at(living_room home, waiting_request& x);
  void forward(waiting_request& x);
  void park(waiting_request x);
  void refuse(caf::response_promise& promise, std::string_view why);
  void resume_parked();
  void time_out_parked();
  void plan_time_out();
  living_room make_room(const std::string& id,
                        const config::channel_options& options);

  void for_each_room(const std::function<void(room&)>& f);

  // -- views ------------------------------------------------------------------

  void on_view(std::shared_ptr<const cluster_view> now);
  void forget_departed(const cluster_view& before);
  void place();
  void become_home(const std::string& donor);
  void become_elsewhere(const std::string& home, const std::string& donor);
  void drop_rooms();
  std::uint64_t view_number() const;

  // -- hand-over: the taking side ---------------------------------------------

  void on_part(waiting_part x);
  void take_part(waiting_part& x);
  void stop_awaiting(bool complete);

  // -- hand-over: the giving side ---------------------------------------------

  void start_giving(const std::string& home);
  room_source rooms_to_read();
  void give_part();
  void on_given(std::uint64_t attempt, const shard_answer& answer);
  void retry_giving();
  void drop_given();
  void stop_giving();

  // -- room_host --------------------------------------------------------------

  const rooms_context& context() const override { return context_; }
  const cluster_view& view() const override { return *view_; }
  std::uint32_t shard_number() const override { return number_; }
  epoch_source& epochs() override { return epochs_; }
  unix_time now() const override;
  void room_ended(const std::string& name) override;

  rooms_context& context_;
  const std::uint32_t number_;
  epoch_source epochs_;
  const std::chrono::system_clock::duration to_unix_;

  std::shared_ptr<const cluster_view> view_;
  mode mode_ = mode::unplaced;
  std::unordered_map<std::string, living_room> rooms_;

  std::deque<waiting_request> parked_;
  std::vector<waiting_part> parked_parts_;
  lane_timer time_out_;

  // While awaiting.
  std::string donor_;
  std::uint64_t awaiting_since_ = 0; // view
  bool has_taken_all_ = false;       // of the last donor
  lane_timer give_up_awaiting_;

  // While giving.
  std::optional<hand_over> gift_;
  std::string receiver_; // also afterwards, until the view forgets the donor
  std::uint64_t giving_attempt_ = 0;
  lane::clock::time_point give_until_;
  lane_timer give_again_;
};

} // namespace actors
