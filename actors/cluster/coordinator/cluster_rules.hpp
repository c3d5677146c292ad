#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace actors {

/// What the coordinators' decisions depend on; the same for all of them.
struct cluster_rules {
  std::uint32_t shards = 256;
  /// Silence after which a member is dead.
  std::chrono::milliseconds failure_timeout{2000};
  /// How long a coordinator that may have missed a view listens for it before
  /// it makes one.
  std::chrono::milliseconds settle{1000};

  /// Copies of each shard beside its home, as far as there are members.
  std::uint32_t replicas = 0;
  /// Learners in the whole cluster at the same time.
  std::uint32_t concurrent_moves = 32;
  /// Whether a shard without a copy in sync starts again elsewhere.
  bool unclean_takeover = true;
  /// Whether what the group has decided outlives all its coordinators, so that
  /// who leads knows the last view for certain.
  bool durable = false;

  /// How often `tick` wants to be called.
  std::chrono::milliseconds tick_interval() const {
    return std::max(failure_timeout / 8, std::chrono::milliseconds{1});
  }

  /// Part of the failure timeout: shorter, so that it has ended by the time
  /// that somebody else may take the place of who has it.
  std::chrono::milliseconds lease() const { return failure_timeout * 3 / 4; }

  /// How long a shard without a copy in sync waits for one to come back.
  std::chrono::milliseconds takeover_delay() const {
    return 2 * failure_timeout;
  }
};

} // namespace actors
