#include "actors/cluster/coordinator/shard_planner/shard_planner.hpp"

#include <algorithm>
#include <utility>

namespace actors {

using roost::link::Holder;

shard_planner::shard_planner(
    const cluster_rules& rules, const cluster_members& members,
    const std::map<std::string, std::string>& incarnations,
    std::vector<shard_record>& shards, std::uint64_t number, time_point now)
    : rules_(rules), members_(members.by_name), incarnations_(incarnations),
      shards_(shards), number_(number), now_(now), found_(shards.size()) {
  const auto may = [](const roost::link::Member& m) {
    return m.weight() > 0 && !m.leaving();
  };
  const auto wanted = [&](const auto& x) {
    return may(x.second) && !members.drained.contains(x.first);
  };
  // Where nobody else is left, a drained node is better than none.
  const bool any = std::any_of(members_.begin(), members_.end(), wanted);
  for (const auto& x : members_) {
    const bool takes_shards = any ? wanted(x) : may(x.second);
    loads_[x.first] = {x.second.weight(), takes_shards, 0, 0, {}};
    takers_ += takes_shards ? 1 : 0;
  }
}

bool shard_planner::run(std::vector<std::string>& warnings) {
  for (std::size_t i = 0; i < shards_.size(); ++i)
    remove_lost(i);
  count_loads();
  for (std::size_t i = 0; i < shards_.size(); ++i)
    if (shards_[i].place.home.empty())
      replace_home(i);
  place_homes();
  place_copies();
  if (orphans_ > 0)
    warnings.push_back(std::to_string(orphans_)
                       + " shards have no copy in sync any more and wait for"
                         " one to come back");
  if (given_up_ > 0)
    warnings.push_back(std::to_string(given_up_)
                       + " shards start again without what their rooms had");
  return date();
}

// -- homes that are lost ------------------------------------------------------

bool shard_planner::survives(const std::string& node) const {
  const auto now = members_.find(node);
  const auto before = incarnations_.find(node);
  return now != members_.end() && before != incarnations_.end()
         && now->second.incarnation() == before->second;
}

bool shard_planner::restarted(const std::string& node) const {
  return members_.contains(node) && !survives(node);
}

std::vector<Holder> shard_planner::holders_of(const shard_place& x) const {
  std::vector<Holder> result;
  const auto add = [&](const std::string& node) {
    const auto known = incarnations_.find(node);
    if (known == incarnations_.end())
      return;
    auto& holder = result.emplace_back();
    holder.set_node(node);
    holder.set_incarnation(known->second);
  };
  add(x.home);
  for (const auto& node : x.standbys)
    add(node);
  return result;
}

void shard_planner::remove_lost(std::size_t i) {
  auto& s = shards_[i];
  auto& [home, standbys, learners] = s.place;
  std::erase_if(s.barred, [this](const auto& x) { return x.second <= now_; });
  auto in_sync = holders_of(s.place);
  const auto begins_anew = [this](const std::string& x) {
    return restarted(x);
  };
  found_[i].restarted =
      begins_anew(home)
      || std::any_of(standbys.begin(), standbys.end(), begins_anew)
      || std::any_of(learners.begin(), learners.end(), begins_anew);
  const auto lost = [this](const std::string& x) {
    return !survives(x);
  };
  std::erase_if(standbys, lost);
  std::erase_if(learners, lost);
  // A donor that died, or started anew, has nothing left to hand over.
  if (lost(s.donor))
    s.donor.clear();
  if (home.empty() || survives(home))
    return;
  if (standbys.empty())
    lose(i, std::move(in_sync));
  else
    home.clear();
}

/// Nobody has what the home had.
void shard_planner::lose(std::size_t i, std::vector<Holder> in_sync) {
  auto& s = shards_[i];
  s.place.learners.clear(); // there is nothing to learn any more
  std::erase_if(in_sync,
                [this](const Holder& x) { return restarted(x.node()); });
  // What it did not hand over is older than what was acknowledged since.
  if (rules_.replicas > 0)
    s.donor.clear();
  if (rules_.replicas > 0 && !in_sync.empty()) {
    s.place.home.clear();
    s.holders = std::move(in_sync);
    s.orphaned = now_;
    ++orphans_;
    return;
  }
  given_up_ += rules_.replicas > 0 ? 1 : 0;
  s.moved_in = number_;
  begin_anew(s);
  if (!members_.contains(s.place.home))
    s.place.home.clear();
}

/// Whoever had the shard before must not take up what it had.
void shard_planner::begin_anew(shard_record& s) const {
  if (s.donor.empty())
    s.anew = number_;
}

void shard_planner::count_loads() {
  for (const auto& s : shards_) {
    if (!s.place.home.empty())
      ++loads_[s.place.home].homes;
    for (const auto* copies : {&s.place.standbys, &s.place.learners})
      for (const auto& node : *copies)
        ++loads_[node].copies;
  }
}

void shard_planner::replace_home(std::size_t i) {
  auto& s = shards_[i];
  auto& standbys = s.place.standbys;
  if (standbys.empty())
    return wait_for_holders(i);
  const auto* best = best_home(standbys);
  s.place.home = best != nullptr ? *best : standbys.front();
  std::erase(standbys, s.place.home);
  auto& there = loads_[s.place.home];
  ++there.homes;
  --there.copies;
  // It goes on with what it has.
  s.donor.clear();
  s.moved_in = number_;
  found_[i].settled = true;
}

void shard_planner::wait_for_holders(std::size_t i) {
  auto& s = shards_[i];
  if (s.holders.empty())
    return;
  for (const auto& x : s.holders) {
    const auto member = members_.find(x.node());
    if (member == members_.end()
        || member->second.incarnation() != x.incarnation())
      continue;
    s.place.home = x.node();
    ++loads_[s.place.home].homes;
    s.holders.clear();
    s.moved_in = number_;
    found_[i].settled = true;
    return;
  }
  std::erase_if(s.holders, [this](const Holder& x) {
    return members_.contains(x.node()); // under the same name, and empty
  });
  if (s.holders.empty() || rules_.replicas == 0
      || (rules_.unclean_takeover
          && now_ - s.orphaned >= rules_.takeover_delay())) {
    s.holders.clear();
    ++given_up_;
  }
}

// -- homes that should be elsewhere -------------------------------------------

void shard_planner::place_homes() {
  std::vector<placement_member> members;
  std::vector<const std::string*> names;
  std::map<std::string, std::int32_t> positions;
  for (const auto& [name, m] : members_) {
    positions.emplace(name, static_cast<std::int32_t>(members.size()));
    members.push_back({m.weight(), !loads_.at(name).takes_shards});
    names.push_back(&name);
  }
  const auto position = [&](const std::string& name) {
    const auto i = positions.find(name);
    return i == positions.end() ? no_member : i->second;
  };
  std::vector<placement_shard> old;
  old.reserve(shards_.size());
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    const auto& s = shards_[i];
    const bool stays = s.place.home.empty()
                           ? !s.holders.empty()
                           : !s.donor.empty() || found_[i].settled;
    old.push_back({position(s.place.home), stays, position(preferred(s))});
  }
  const auto homes = place(old, members);
  for (std::size_t i = 0; i < shards_.size(); ++i)
    if (homes[i] != old[i].home)
      move_home(i, *names[static_cast<std::size_t>(homes[i])]);
}

/// Where it would rather be than elsewhere, when it has to move.
const std::string& shard_planner::preferred(const shard_record& s) const {
  static const std::string nobody;
  if (!s.donor.empty())
    return s.donor;
  if (const auto* standby = best_home(s.place.standbys))
    return *standby;
  const auto* learner = best_home(s.place.learners);
  return learner != nullptr ? *learner : nobody;
}

const std::string*
shard_planner::best_home(const std::vector<std::string>& nodes) const {
  const std::string* best = nullptr;
  std::uint64_t homes = 0;
  std::uint64_t weight = 1;
  for (const auto& node : nodes) {
    const auto& x = loads_.at(node);
    if (!x.takes_shards || (best && x.homes * weight >= homes * x.weight))
      continue;
    best = &node;
    homes = x.homes;
    weight = x.weight;
  }
  return best;
}

void shard_planner::move_home(std::size_t i, const std::string& to) {
  auto& s = shards_[i];
  auto& [home, standbys, learners] = s.place;
  const auto* standby = best_home(standbys);
  if (std::find(standbys.begin(), standbys.end(), to) != standbys.end())
    return promote(i, to);
  // Who leaves should not wait for copies to be made.
  if (standby != nullptr && !loads_.at(home).takes_shards)
    return promote(i, *standby);
  if (rules_.replicas > 0 && !home.empty() && !restarted(home)) {
    found_[i].target = to;
    return;
  }
  // Without a living home the rooms are, if anywhere, still at the donor.
  if (home.empty()) {
    begin_anew(s);
  } else {
    s.donor = restarted(home) ? std::string{} : home;
    --loads_[home].homes;
  }
  home = to;
  ++loads_[home].homes;
  std::erase(learners, home);
  if (s.donor == home)
    s.donor.clear();
  s.moved_in = number_;
}

void shard_planner::promote(std::size_t i, const std::string& to) {
  auto& s = shards_[i];
  auto& [home, standbys, learners] = s.place;
  s.donor = home;
  home = to;
  s.moved_in = number_;
  std::erase(standbys, home);
  // It has everything, also if it leaves: until it has handed its rooms over
  // and another copy is there.
  standbys.insert(std::upper_bound(standbys.begin(), standbys.end(), s.donor),
                  s.donor);
  auto& from = loads_[s.donor];
  auto& there = loads_[home];
  --from.homes;
  ++from.copies;
  ++there.homes;
  --there.copies;
}

// -- terms --------------------------------------------------------------------

bool shard_planner::date() {
  bool changed = false;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    auto& s = shards_[i];
    if (s.term != 0 && !found_[i].restarted && s.place == s.dated)
      continue;
    s.term = number_;
    s.dated = s.place;
    changed = true;
  }
  return changed;
}

} // namespace actors
