#pragma once

#include "actors/cluster/link/link_metrics.hpp"
#include "actors/lane/lane_actor.hpp"
#include "actors/messages.hpp"
#include "actors/room/audience/audience.hpp"
#include "actors/room/room_directory.hpp"
#include "actors/room/rooms_context.hpp"
#include "tests/raft/memory_storage.hpp"
#include "tests/simulation/plan.hpp"
#include "tests/simulation/slow_network.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace simulation {

using view_ptr = std::shared_ptr<const actors::cluster_view>;

/// Lives on the lane of a node in the place of its clients: asks rooms and
/// hears of views.
class probe final : public actors::lane_actor {
public:
  using on_view = std::function<void(const view_ptr&)>;
  using on_answer = std::function<void(const actors::room_answer&)>;
  using on_left = std::function<void()>;
  using on_reply = std::function<void(const roost::link::NodeReply&)>;

  /// `view` is called for each new view.
  probe(caf::actor_config& cfg, on_view view)
      : lane_actor(cfg), on_view_(std::move(view)) {}

  const char* name() const override { return "probe"; }
  caf::behavior make_behavior() override;
  void on_exit() override { on_view_ = nullptr; }

  void ask(const caf::actor& shard,
           std::shared_ptr<roost::link::RoomRequest> request, on_answer done);
  void leave(const caf::actor& membership, on_left done);
  void order(const caf::actor& membership,
             std::shared_ptr<const roost::link::NodeRequest> request,
             on_reply done);

private:
  on_view on_view_;
};

/// One start of a node: all actors of a real one but those of clients, wired in
/// the same way (net/node.cpp), on a lane of its own.
class node {
public:
  struct identity {
    std::string name;
    std::string incarnation;
    std::vector<std::string> coordinators; ///< Addresses.
    bool coordinator = false;
    std::uint64_t seed = 0;
  };

  node(caf::actor_system& system, const std::shared_ptr<slow_network>& network,
       const plan& how, identity who, std::shared_ptr<actors::memory_disk> disk,
       probe::on_view view);

  /// As kill -9 does, when the network has been told.
  void end(const std::function<void()>& run_others);

  const std::string& name() const { return who_.name; }
  const std::string& incarnation() const { return who_.incarnation; }
  actors::lane& lane() { return lane_; }
  probe& clients() { return *actors::self_of<probe>(probe_); }
  actors::audience& audience() {
    return *actors::self_of<actors::audience>(context_.audiences.front());
  }
  const caf::actor& shard_of(const std::string& room) const {
    return (*directory_)[room];
  }
  const caf::actor& membership() const { return context_.membership; }
  const actors::link_registry& links() const { return *links_; }

  /// Whether this node takes itself for the home of a room.
  bool claims(const std::string& room) const;

  /// Whether it does so for a replicated room, without any copy and without a
  /// lease, for longer than just now.
  bool acknowledges_without_right(const std::string& room);

  view_ptr view; ///< The last one.

private:
  void spawn_rooms(const plan& how);
  void spawn_membership(const std::shared_ptr<slow_network>& network,
                        const plan& how,
                        std::shared_ptr<actors::memory_disk> disk);

  identity who_;
  chance chance_;
  actors::lane lane_;
  actors::rooms_context context_;
  std::optional<actors::room_directory> directory_;
  std::shared_ptr<actors::link_registry> links_;
  caf::actor probe_;
  std::vector<caf::actor> actors_; // in the order of their start
  view_ptr before_;                // the view before
  actors::lane::clock::time_point view_since_{};
};

} // namespace simulation
