#include "actors/cluster/coordinator/shard_table.hpp"

#include "actors/cluster/coordinator/placement.hpp"
#include "actors/cluster/coordinator/shard_planner/shard_planner.hpp"
#include "actors/room/view_reader.hpp"

#include <algorithm>
#include <utility>

namespace actors {

using roost::link::Copies;
using roost::link::CopiesReport;
using roost::link::View;

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace

bool shard_place::holds(const std::string& node) const {
  return home == node || contains(standbys, node) || contains(learners, node);
}

void shard_table::adopt(const View& view, time_point now) {
  incarnations_.clear();
  for (const auto& m : view.members())
    incarnations_[m.node()] = m.incarnation();
  shards_.assign(rules_.shards, {});
  const view_reader reader{view};
  for (std::uint32_t i = 0; i < shards_.size(); ++i) {
    auto& s = shards_[i];
    auto copies = reader.copies_of(i);
    if (const auto* home = reader.home_of(i))
      s.place.home = *home;
    s.place.standbys = sorted(std::move(copies.standbys));
    s.place.learners = sorted(std::move(copies.learners));
    s.dated = s.place;
    s.term = copies.term;
    s.anew = copies.anew;
    s.donor = reader.donor_of(i);
    s.moved_in = view.number();
    const auto& holders = reader.holders_of(i);
    s.holders.assign(holders.begin(), holders.end());
    s.orphaned = now;
  }
}

bool shard_table::take_received(const std::string& node, std::uint32_t shard,
                                std::uint64_t view) {
  if (shard >= shards_.size())
    return false;
  auto& s = shards_[shard];
  if (s.place.home != node || s.donor.empty() || view < s.moved_in)
    return false;
  s.donor.clear();
  return true;
}

bool shard_table::take_report(const std::string& node,
                              const CopiesReport& report, time_point now) {
  if (report.shard() >= shards_.size())
    return false;
  auto& s = shards_[report.shard()];
  if (s.place.home != node || s.term != report.term())
    return false;
  auto& [home, standbys, learners] = s.place;
  bool changed = false;
  for (const auto& name : report.lost()) {
    if (std::erase(standbys, name) + std::erase(learners, name) == 0)
      continue;
    s.barred[name] = now + rules_.failure_timeout;
    changed = true;
  }
  for (const auto& name : report.caught_up()) {
    if (std::erase(learners, name) == 0)
      continue;
    standbys.insert(std::upper_bound(standbys.begin(), standbys.end(), name),
                    name);
    changed = true;
  }
  return changed;
}

void shard_table::take_leave(const std::string& node) {
  for (auto& s : shards_) {
    if (s.place.home == node)
      s.place.home.clear();
    std::erase(s.place.standbys, node);
    std::erase(s.place.learners, node);
    std::erase_if(s.holders, [&](const auto& x) { return x.node() == node; });
  }
}

bool shard_table::plan(const cluster_members& members, std::uint64_t number,
                       time_point now, std::vector<std::string>& warnings) {
  shard_planner planner{rules_, members, incarnations_, shards_, number, now};
  const bool changed = planner.run(warnings);
  incarnations_.clear();
  for (const auto& [name, m] : members.by_name)
    incarnations_[name] = m.incarnation();
  return changed;
}

void shard_table::write(const cluster_members& members, View& view) const {
  std::map<std::string, std::int32_t> positions;
  for (const auto& [name, m] : members.by_name)
    positions.emplace(name, static_cast<std::int32_t>(positions.size()));
  for (const auto& s : shards_) {
    const auto home = positions.find(s.place.home);
    view.add_homes(home == positions.end() ? no_member : home->second);
    view.add_donors(s.donor);
    auto& copies = *view.add_copies();
    for (const auto& name : s.place.standbys)
      copies.add_standbys(positions.at(name));
    for (const auto& name : s.place.learners)
      copies.add_learners(positions.at(name));
    copies.set_term(s.term);
    copies.set_anew(s.anew);
    for (const auto& x : s.holders)
      *copies.add_holders() = x;
  }
}

} // namespace actors
