#include "actors/client/user_places.hpp"

#include "actors/room/room_directory.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace actors {

using roost::link::UserPlace;
using roost::link::UserPlaces;
using roost::link::UserPlacesResult;

user_places::user_places(user_places_settings settings, gauge& held,
                         end_connection end)
    : settings_(settings), held_(held), end_(std::move(end)),
      home_of_(settings.shards), shards_(settings.shards) {}

// -- views --------------------------------------------------------------------

void user_places::on_view(const cluster_view& now) {
  const auto view = now.read();
  for (std::uint32_t i = 0; i < settings_.shards; ++i) {
    const auto* home = view.home_of(i);
    home_of_[i] = home != nullptr && *home == now.self;
    if (!home_of_[i])
      forget(shards_[i]);
  }
  for (auto i = nodes_.begin(); i != nodes_.end();) {
    const auto* member = view.member(i->first);
    if (member != nullptr && member->incarnation() == i->second.incarnation) {
      ++i;
      continue;
    }
    for (auto& shard : shards_)
      forget(shard, i->second);
    i = nodes_.erase(i);
  }
  all_reachable_ = true;
  for (const auto& member : now.view->members()) {
    const auto& name = member.node();
    auto& entry = nodes_[name];
    entry.name = name;
    entry.incarnation = member.incarnation();
    entry.reachable = !now.unreachable.contains(name);
    all_reachable_ = all_reachable_ && entry.reachable;
  }
}

bool user_places::is_home_of(std::uint32_t shard) const {
  return shard < settings_.shards && home_of_[shard];
}

// -- what nodes say -----------------------------------------------------------

user_places::node* user_places::sender_of(const UserPlaces& told) {
  const auto at = nodes_.find(told.node());
  return at != nodes_.end() && at->second.incarnation == told.incarnation()
             ? &at->second
             : nullptr;
}

UserPlacesResult user_places::take(const UserPlaces& told) {
  std::set<std::uint32_t> elsewhere;
  auto* from = sender_of(told);
  const auto hears = [&](std::uint32_t shard) {
    if (from != nullptr && is_home_of(shard))
      return true;
    elsewhere.insert(shard);
    return false;
  };
  for (const auto shard : told.anew())
    if (hears(shard))
      forget(shards_[shard], *from);
  UserPlacesResult result;
  for (int i = 0; i < told.places_size(); ++i) {
    const auto& place = told.places(i);
    if (place.user().empty())
      continue;
    const auto shard = shard_of(place.user(), settings_.shards);
    if (hears(shard) && !take(place, *from, shards_[shard]))
      result.add_refused(static_cast<std::uint32_t>(i));
  }
  for (const auto shard : elsewhere)
    result.add_elsewhere(shard);
  return result;
}

/// False: it was wanted, and is refused.
bool user_places::take(const UserPlace& told, node& from,
                       places_of_shard& among) {
  const age key{told.connected_ms(), told.client()};
  if (told.kind() == UserPlace::FREE) {
    const auto user = among.find(told.user());
    if (user == among.end())
      return true;
    const auto at = user->second.find(key);
    if (at != user->second.end() && at->second == &from)
      erase(user->second, at);
    if (user->second.empty())
      among.erase(user);
    return true;
  }
  auto& places = among[told.user()];
  const bool wanted = told.kind() == UserPlace::WANTED;
  if (wanted && !places.contains(key) && !admits(places)) {
    spdlog::debug("user \"{}\" is refused at node {}: {} of {} connections",
                  told.user(), from.name, places.size(), settings_.limit);
    return false;
  }
  const auto [at, is_new] = places.emplace(key, &from);
  if (!is_new)
    return true;
  ++from.places;
  held_.add();
  if (settings_.replace_oldest && places.size() > settings_.limit)
    end_surplus(told.user(), places, wanted ? &at->first : nullptr);
  return true;
}

bool user_places::admits(const places_of_user& places) const {
  return settings_.replace_oldest || places.size() < settings_.limit
         || reachable(places) < settings_.limit;
}

std::uint64_t user_places::reachable(const places_of_user& places) const {
  if (all_reachable_)
    return places.size();
  return static_cast<std::uint64_t>(
      std::count_if(places.begin(), places.end(),
                    [](const auto& place) { return place.second->reachable; }));
}

/// Their places are free when they have ended. Who was told before is told
/// again, if another comes before that: each newcomer ends one at least.
void user_places::end_surplus(const std::string& user,
                              const places_of_user& places,
                              const age* newcomer) {
  const auto count = reachable(places);
  if (count <= settings_.limit)
    return;
  auto surplus = count - settings_.limit;
  for (const auto& [key, at] : places) {
    // By its node's clock it may be older than the others.
    if (&key == newcomer || !at->reachable)
      continue;
    end_(at->name, user, key.second);
    if (--surplus == 0)
      return;
  }
}

// -- forgetting ---------------------------------------------------------------

void user_places::erase(places_of_user& of, places_of_user::iterator at) {
  --at->second->places;
  held_.sub();
  of.erase(at);
}

void user_places::forget(places_of_shard& of, const node& whose) {
  if (whose.places == 0)
    return;
  for (auto user = of.begin(); user != of.end();) {
    auto& places = user->second;
    for (auto i = places.begin(); i != places.end();) {
      const auto at = i++;
      if (at->second == &whose)
        erase(places, at);
    }
    user = places.empty() ? of.erase(user) : std::next(user);
  }
}

void user_places::forget(places_of_shard& of) {
  for (auto& [user, places] : of)
    while (!places.empty())
      erase(places, places.begin());
  of.clear();
}

} // namespace actors
