#pragma once

#include "actors/lane/lane_actor.hpp"

#include <chrono>
#include <functional>

namespace actors {

/// A one-shot timer of a lane actor, usually a member of it. Follows the lane's
/// clock, so that tests can move it. No allocation and no message: thousands
/// are cheap. Must be used and destroyed on the lane.
class lane_timer final : public timer_entry {
public:
  /// `fire` is called as a handler of `owner`.
  lane_timer(lane_actor& owner, std::function<void()> fire)
      : owner_(&owner), fire_(std::move(fire)) {}

  lane_timer(const lane_timer&) = delete;
  lane_timer& operator=(const lane_timer&) = delete;

  /// Fires once after `delay`; an earlier setting is forgotten.
  void expires_after(std::chrono::milliseconds delay);

  /// Fires once at `due`, or in a millisecond when that has passed: a handler
  /// that finds nothing to do does not spin. `time_point::max()` cancels.
  void expires_at(lane::clock::time_point due);

  /// The same, but an earlier setting that comes sooner stays.
  void expires_by(lane::clock::time_point due);

  void cancel() noexcept { unlink(); }

  bool armed() const noexcept { return is_linked(); }

private:
  friend class lane;

  void arm(lane::clock::time_point due);
  lane::clock::time_point present() const;

  lane_actor* owner_;
  std::function<void()> fire_;
};

} // namespace actors
