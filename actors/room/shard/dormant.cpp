#include "actors/room/shard/shard.hpp"

// Replicated rooms at their home that nobody has asked for since it was another
// node; see shard.hpp.

namespace actors {

namespace {

constexpr std::chrono::seconds sweep_interval{60};

} // namespace

// Copies only drop old publications: the home says when a room ends.
void shard::sweep() {
  if (copy_)
    copy_->expire(now());
  rooms_.expire_dormant(now(),
                        [this](const std::string& id, const room_log& log) {
                          if (!refuses_changes().empty())
                            return false;
                          replicate(end_of_room(id, log.epoch()));
                          return true;
                        });
  count_copies();
  plan_sweep();
}

void shard::plan_sweep() {
  if (!sweep_.armed()
      && (rooms_.has_dormant() || (copy_ && !copy_->rooms().empty())))
    sweep_.expires_after(sweep_interval);
}

} // namespace actors
