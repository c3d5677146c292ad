#include "actors/room/shard/shard_rooms.hpp"

#include <set>
#include <string_view>
#include <utility>

namespace actors {

// -- one ----------------------------------------------------------------------

std::optional<shard_rooms::living_room>
shard_rooms::find(const std::string& id) const {
  const auto i = living_.find(id);
  if (i == living_.end())
    return std::nullopt;
  return i->second.home;
}

std::optional<shard_rooms::living_room>
shard_rooms::wake(const std::string& id) {
  const auto i = dormant_.find(id);
  if (i == dormant_.end())
    return std::nullopt;
  const auto made = make(id, *context_.channels->find(id));
  made.call([&](room& x) { x.wake(std::move(i->second.copy.log)); });
  dormant_.erase(i);
  return made;
}

shard_rooms::living_room
shard_rooms::make(const std::string& id,
                  const config::channel_options& options) {
  living_room made;
  made.handle = spawn_on<room>(lane_, room_host_ref{&host_}, id, &options);
  made.object = self_of<room>(made.handle);
  living_.emplace(id, living_entry{made, room_count{context_.rooms}});
  return made;
}

void shard_rooms::ended(const room& x) {
  const auto i = living_.find(x.id());
  if (i != living_.end() && i->second.home.object == &x)
    living_.erase(i);
}

// -- all ----------------------------------------------------------------------

void shard_rooms::for_each(const std::function<void(room&)>& f) const {
  std::vector<living_room> all;
  all.reserve(living_.size());
  for (const auto& [id, x] : living_)
    all.push_back(x.home);
  for (const auto& x : all)
    x.call(f);
}

room_source shard_rooms::to_read(bool replicated_only) const {
  return {[this, replicated_only] {
            std::vector<std::string> names;
            names.reserve(living_.size() + dormant_.size());
            for (const auto& [id, x] : living_)
              if (!replicated_only || x.home.object->replicated())
                names.push_back(id);
            for (const auto& [id, x] : dormant_)
              names.push_back(id);
            return names;
          },
          [this](const std::string& id, std::size_t bytes,
                 std::deque<roost::link::RoomSnapshot>& out) {
            const auto i = living_.find(id);
            if (i != living_.end())
              return i->second.home.object->snapshot(bytes, out);
            const auto dormant = dormant_.find(id);
            if (dormant != dormant_.end())
              dormant->second.copy.log.snapshot(id, bytes, out);
          }};
}

void shard_rooms::add_dormant(room_copies rooms) {
  for (auto& [name, x] : rooms)
    if (!living_.contains(name) && !dormant_.contains(name))
      dormant_.emplace(name,
                       dormant_entry{std::move(x), room_count{context_.rooms}});
}

void shard_rooms::expire_dormant(
    unix_time now,
    const std::function<bool(const std::string&, const room_log&)>& ends) {
  for (auto i = dormant_.begin(); i != dormant_.end();) {
    auto& log = i->second.copy.log;
    log.expire(now, true);
    if (log.forgettable(now) && ends(i->first, log))
      i = dormant_.erase(i);
    else
      ++i;
  }
}

room_copies shard_rooms::take_replicated(room::waiting_list& waiting) {
  room_copies result;
  for (auto& [name, x] : std::exchange(dormant_, {}))
    result.emplace(name, std::move(x.copy));
  for_each([&](room& x) {
    if (!x.replicated())
      return;
    waiting.splice(waiting.end(), x.take_waiting());
    auto log = x.take_log();
    if (log.starts())
      result.emplace(x.id(), room_copy{std::move(log), 0});
    x.end();
  });
  return result;
}

void shard_rooms::keep_only(const std::vector<std::string>& ids) {
  const std::set<std::string_view> kept(ids.begin(), ids.end());
  for_each([&kept](room& x) {
    if (!kept.contains(x.id()))
      x.end();
  });
  std::erase_if(dormant_,
                [&kept](const auto& x) { return !kept.contains(x.first); });
}

void shard_rooms::drop() {
  for_each([](room& x) { x.end(); });
  dormant_.clear();
}

} // namespace actors
