#pragma once

#include "actors/lane/coordinator_standing.hpp"
#include "actors/lane/lane_actor.hpp"
#include "actors/lane/lane_timer.hpp"
#include "actors/messages.hpp"
#include "actors/room/audience/audience.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/response_promise.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace actors {

/// What a node agent speaks for. Lanes and audiences outlive it.
struct node_agent_settings {
  std::string node;
  std::string incarnation;
  std::string version;
  std::string http_address; ///< Where clients reach this node.
  caf::actor users;
  std::vector<caf::actor> polling; ///< One for each lane, in its order.
  std::vector<lane*> lanes;
  std::vector<audience_ref> audiences; ///< One for each lane, in its order.
  /// Outlives it; null on a node that is no coordinator.
  const coordinator_standing* standing = nullptr;
};

/// A lane -> node agent: the rooms of that lane's audience.
struct lane_rooms {
  std::uint64_t question = 0;
  std::shared_ptr<const std::map<std::string, std::uint32_t>> rooms;
};

/// Answers `ask_node` for this node, always: commands and lists by user
/// through the users actor, rooms through the audiences of all lanes, numbers
/// from the lanes' metrics. One for each node, on any lane.
class node_agent final : public lane_actor {
public:
  node_agent(caf::actor_config& cfg, node_agent_settings settings);
  ~node_agent() override;

  const char* name() const override { return "node_agent"; }
  caf::behavior make_behavior() override;

private:
  using room_counts = std::map<std::string, std::uint32_t>;
  using on_rooms = std::function<void(room_counts)>;

  /// A question to all audiences.
  struct pending_rooms {
    room_counts rooms;
    std::size_t missing = 0;
    lane::clock::time_point deadline;
    on_rooms done;
  };

  caf::result<node_answer> answer(const roost::link::NodeRequest& request);
  void find_rooms(const std::string& pattern, on_rooms done);
  void on_lane_rooms(const lane_rooms& answer);
  void answer_channels(const std::string& pattern,
                       caf::response_promise promise);
  void answer_info(caf::response_promise promise);
  void answer_info(std::uint64_t rooms, caf::response_promise promise);
  void fill_in(roost::link::NodeInfoResult& info, std::uint64_t rooms) const;
  void on_tick();
  std::uint64_t delivered() const;

  node_agent_settings settings_;
  std::map<std::uint64_t, pending_rooms> questions_;
  std::uint64_t last_question_ = 0;
  lane::clock::time_point started_;

  /// Messages delivered until each of the last seconds; newest first.
  std::array<std::uint64_t, 6> samples_{};
  std::size_t sample_count_ = 0;
  lane_timer tick_;
};

} // namespace actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::lane_rooms)
