#pragma once

#include "actors/lane/lane.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace actors {

/// How much of something a client or backend may take (commands, bytes read):
/// `per_second` on average, as much at once. 0 = no limit.
class rate_bucket {
public:
  using time_point = lane::clock::time_point;

  /// Time until one more may be taken; 0 when it may be now.
  std::chrono::milliseconds wait(std::uint64_t per_second, time_point now) {
    using std::chrono::milliseconds;
    if (per_second == 0)
      return milliseconds{0};
    // The bucket is the time at which it would be full again.
    const auto burst = std::chrono::seconds{1} - interval(per_second);
    const auto ready = full_at_ - burst;
    if (ready <= now)
      return milliseconds{0};
    return std::chrono::ceil<milliseconds>(ready - now);
  }

  /// Counts what was taken, also where that was more than there was.
  void take(std::uint64_t per_second, time_point now, std::uint64_t count = 1) {
    if (per_second != 0)
      full_at_ = std::max(full_at_, now) + interval(per_second) * count;
  }

private:
  static lane::clock::duration interval(std::uint64_t per_second) {
    return lane::clock::duration{std::chrono::seconds{1}} / per_second;
  }

  time_point full_at_{};
};

/// One for several lanes.
class shared_rate_bucket {
public:
  using time_point = rate_bucket::time_point;

  std::chrono::milliseconds wait(std::uint64_t per_second, time_point now) {
    const std::lock_guard lock{mutex_};
    return bucket_.wait(per_second, now);
  }

  void take(std::uint64_t per_second, time_point now, std::uint64_t count) {
    const std::lock_guard lock{mutex_};
    bucket_.take(per_second, now, count);
  }

private:
  std::mutex mutex_;
  rate_bucket bucket_;
};

} // namespace actors
