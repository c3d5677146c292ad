#pragma once

#include "actors/room/node_lease.hpp"
#include "actors/room/room_directory.hpp"
#include "cluster-config/channel_options.hpp"
#include "cluster-config/node_config.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace actors {

/// What the shards of a node share. Made at start, outlives every shard. Filled
/// in down to `epoch_seed` before the first shard is made, and whole before the
/// first message is sent; constant from then on but for `rooms`.
struct rooms_context {
  std::string node; ///< This node's name.
  const config::channel_section* channels = nullptr;
  config::limits_section limits;
  std::chrono::milliseconds request_timeout{4'000};
  std::chrono::milliseconds hand_over_timeout{5'000};
  /// Random; what the epochs of new rooms are made from.
  std::uint64_t epoch_seed = 0;

  const room_directory* directory = nullptr;
  std::vector<caf::actor> audiences; ///< By lane.
  std::vector<caf::actor> couriers;  ///< By lane.
  caf::actor membership; ///< Hears `shard_settled`, `copies_report`.

  node_lease lease;
  /// Silence after which the coordinator takes a node for dead.
  std::chrono::milliseconds failure_timeout{2'000};

  /// Rooms that live on this node.
  std::atomic<std::uint32_t> rooms{0};
};

} // namespace actors
