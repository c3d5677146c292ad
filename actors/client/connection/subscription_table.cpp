#include "actors/client/connection/subscription_table.hpp"

#include <algorithm>
#include <utility>

namespace actors {

subscription* subscription_table::find(std::string_view room) {
  const auto at = by_room_.find(room);
  return at == by_room_.end() ? nullptr : &at->second;
}

const subscription* subscription_table::find(std::string_view room) const {
  const auto at = by_room_.find(room);
  return at == by_room_.end() ? nullptr : &at->second;
}

bool subscription_table::is_active(std::string_view room) const {
  const auto* entry = find(room);
  return entry != nullptr && entry->active;
}

bool subscription_table::is_under_way(std::string_view room) const {
  const auto* entry = find(room);
  return entry != nullptr && !entry->active;
}

std::size_t subscription_table::under_way() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      by_room_, [](const auto& x) { return !x.second.active; }));
}

std::size_t subscription_table::filter_bytes() const {
  std::size_t result = 0;
  for (const auto& [room, entry] : by_room_)
    result += entry.filter_bytes;
  return result;
}

void subscription_table::add(std::string room, subscription entry) {
  by_room_.emplace(std::move(room), std::move(entry));
}

void subscription_table::activate(subscription& entry) {
  entry.active = true;
  active_.add();
}

void subscription_table::remove(std::string_view room) {
  const auto at = by_room_.find(room);
  if (at == by_room_.end())
    return;
  if (at->second.active)
    active_.sub();
  by_room_.erase(at);
}

subscription_table::time_point subscription_table::next_due() const {
  auto first = time_point::max();
  for (const auto& [room, entry] : by_room_)
    if (entry.active)
      first = std::min(first, entry.due);
  return first;
}

std::vector<std::string> subscription_table::due(time_point now) const {
  std::vector<std::string> rooms;
  for (const auto& [room, entry] : by_room_)
    if (entry.active && entry.due <= now)
      rooms.push_back(room);
  return rooms;
}

bool subscription_table::same_as_in(const connection_claims& claims) const {
  const auto& rooms = claims.channels;
  std::size_t held = 0;
  for (const auto& [room, entry] : by_room_) {
    if (!entry.from_token)
      continue;
    ++held;
    if (!claims.subs.contains(room)
        && std::ranges::find(rooms, room) == rooms.end())
      return false;
  }
  auto named = claims.subs.size();
  for (const auto& room : rooms)
    named += claims.subs.contains(room) ? 0 : 1;
  return named == held;
}

} // namespace actors
