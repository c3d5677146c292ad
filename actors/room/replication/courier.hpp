#pragma once

#include "actors/lane/lane_actor.hpp"
#include "actors/messages.hpp"
#include "actors/room/rooms_context.hpp"
#include "proto/link.pb.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace actors {

/// What a shard sends to one of its copies.
struct parcel {
  caf::actor from; ///< The shard.
  // For shard::on_carried.
  std::uint64_t home = 0;
  std::string to;
  std::uint64_t ticket = 0;
  std::shared_ptr<roost::link::ShardRequest> request;
  std::size_t bytes = 0; ///< Of it, about.
};

/// Carries what the shards of one lane have for their copies, and hands out
/// what comes for the copies of that lane. Under load most shards have little
/// to say in a turn, but many have something: what goes to the same node in a
/// turn is one request of the link, with one answer.
class courier final : public lane_actor {
public:
  /// What one request carries, about: a batch of the link.
  static constexpr std::size_t load = 64 * 1024;

  /// `context` outlives the actor.
  courier(caf::actor_config& cfg, const rooms_context& context)
      : lane_actor(cfg), context_(context) {}

  const char* name() const override { return "courier"; }
  caf::behavior make_behavior() override;
  void on_exit() override { waiting_.clear(); }

  /// Sends `x` by way of `link`, in order. A plain call of a shard of this
  /// lane, which is called when there is an answer: always, and never from
  /// within.
  void carry(const caf::actor& link, parcel x);

private:
  using parcels = std::vector<parcel>;

  void set_out();
  void send_off(const caf::actor& link, std::shared_ptr<const parcels> load);
  void hand_back(const parcels& load, const roost::link::ShardReplies& answer);
  roost::link::ShardReply hand_out(roost::link::ShardRequest& request);

  const rooms_context& context_;
  std::vector<std::pair<caf::actor, parcels>> waiting_; // by link
};

} // namespace actors
