#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace actors {

/// The bounds of one shard's replication.
struct replication_limits {
  /// Records, and their bytes, that no copy may hold up more of: then
  /// publications are refused. A learner may lag behind by four times as much.
  std::size_t records = 10'000;
  std::size_t bytes = 8 * 1024 * 1024;
  /// Records in one request, about.
  std::size_t batch_bytes = 64 * 1024;
  /// Rooms in one request to a learner, about.
  std::size_t part_bytes = 256 * 1024;
  /// Requests under way to one copy.
  std::size_t requests = 4;
  /// A copy that answers nothing for so long is lost.
  std::chrono::milliseconds patience{500};
  /// From a failed request to the next.
  std::chrono::milliseconds retry_after{100};
  /// A copy hears of commits within this, if nothing else tells it before. Only
  /// what it has not heard of is brought to the other copies again when it
  /// becomes the home.
  std::chrono::milliseconds tell_every{500};
};

/// The bounds where nodes are dead after `failure_timeout` of silence.
inline replication_limits
limits_for(std::chrono::milliseconds failure_timeout) {
  using std::chrono::milliseconds;
  replication_limits result;
  result.patience = std::max(failure_timeout / 4, milliseconds{100});
  result.retry_after = result.patience / 5;
  return result;
}

} // namespace actors
