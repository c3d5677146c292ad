#include "actors/room/shard/shard.hpp"

// Replicated rooms at their home that nobody has asked for since it was another
// node; see shard.hpp.

namespace actors {

namespace {

constexpr std::chrono::seconds sweep_interval{60};

} // namespace

void shard::take_dormant(room_copies rooms) {
  for (auto& [name, x] : rooms)
    if (!rooms_.contains(name) && dormant_.emplace(name, std::move(x)).second)
      context_.rooms.fetch_add(1);
  plan_sweep();
}

shard::living_room shard::wake(room_copies::iterator i) {
  const auto& options = *context_.channels->find(i->first);
  const auto made = make_room(i->first, options);
  made.object->in_handler([&] { made.object->wake(std::move(i->second.log)); });
  forget(i);
  return made;
}

room_copies::iterator shard::forget(room_copies::iterator i) {
  context_.rooms.fetch_sub(1);
  return dormant_.erase(i);
}

void shard::drop_dormant() {
  context_.rooms.fetch_sub(static_cast<std::uint32_t>(dormant_.size()));
  dormant_.clear();
}

// Copies only drop old publications: the home says when a room ends.
void shard::sweep() {
  if (copy_)
    copy_->expire(now());
  for (auto i = dormant_.begin(); i != dormant_.end();) {
    auto& log = i->second.log;
    log.expire(now(), true);
    if (!log.forgettable(now()) || !refuses_changes().empty()) {
      ++i;
      continue;
    }
    replicate(end_of_room(i->first, log.epoch()));
    i = forget(i);
  }
  count_copies();
  plan_sweep();
}

void shard::plan_sweep() {
  if (!sweep_.armed()
      && (!dormant_.empty() || (copy_ && !copy_->rooms().empty())))
    sweep_.expires_after(sweep_interval);
}

} // namespace actors
