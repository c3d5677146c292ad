#pragma once

#include "actors/client/connection/client_link.hpp"

#include <cstdint>

namespace actors {

/// Whether a pong may be late: a client that takes what was queued before the
/// ping has not seen the ping.
class pong_patience {
public:
  /// A ping is about to be queued.
  void ping(const client_flow& before) noexcept {
    before_ping_ = before.queued;
    taken_ = before.taken;
  }

  /// Asked when the pong is due: whether it is worth waiting as long again.
  /// No, if the client had the ping all the time, or has taken nothing.
  bool excuses(const client_flow& now) noexcept {
    const bool was_behind = taken_ < before_ping_;
    const bool has_moved = now.taken > taken_;
    taken_ = now.taken;
    return was_behind && has_moved;
  }

private:
  std::uint64_t before_ping_ = 0;
  std::uint64_t taken_ = 0;
};

} // namespace actors
