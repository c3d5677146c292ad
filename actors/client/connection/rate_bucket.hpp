#pragma once

#include "actors/lane/lane.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace actors {

/// How many commands a client may send: `per_second` on average, as many at
/// once. 0 = no limit.
class rate_bucket {
public:
  using time_point = lane::clock::time_point;

  /// Time until the next command may be taken; 0 when it may be now.
  std::chrono::milliseconds wait(std::uint32_t per_second, time_point now) {
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

  /// Counts a command that was taken.
  void take(std::uint32_t per_second, time_point now) {
    if (per_second != 0)
      full_at_ = std::max(full_at_, now) + interval(per_second);
  }

private:
  static lane::clock::duration interval(std::uint32_t per_second) {
    return lane::clock::duration{std::chrono::seconds{1}} / per_second;
  }

  time_point full_at_{};
};

} // namespace actors
