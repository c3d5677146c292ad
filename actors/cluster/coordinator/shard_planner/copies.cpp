// The part of shard_planner that says who has copies.
#include "actors/cluster/coordinator/shard_planner/shard_planner.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace actors {

void shard_planner::place_copies() {
  std::size_t learners = 0;
  for (auto& s : shards_) {
    trim(s);
    learners += s.place.learners.size();
    for (const auto* copies : {&s.place.standbys, &s.place.learners})
      for (const auto& node : *copies)
        ++loads_[node].copies_of[s.place.home];
  }
  moves_left_ = rules_.concurrent_moves
                - std::min<std::size_t>(learners, rules_.concurrent_moves);
  // Who has no copy at all comes first.
  for (std::uint32_t have = 0; have < rules_.replicas; ++have)
    add_missing(have);
  bool moving = learners > 0;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    if (!found_[i].target)
      continue;
    moving = true;
    learn(shards_[i], *found_[i].target);
  }
  if (!moving)
    even_out();
}

std::uint32_t shard_planner::wanted(const shard_record& s) const {
  const auto home = loads_.find(s.place.home);
  const bool takes_shards = home != loads_.end() && home->second.takes_shards;
  return std::min(rules_.replicas, takers_ - (takes_shards ? 1 : 0));
}

/// How many of these will stay.
std::uint32_t
shard_planner::lasting(const std::vector<std::string>& copies) const {
  return static_cast<std::uint32_t>(
      std::count_if(copies.begin(), copies.end(), [this](const auto& node) {
        return loads_.at(node).takes_shards;
      }));
}

template <class Predicate>
void shard_planner::drop_if(std::vector<std::string>& copies, Predicate drops) {
  std::erase_if(copies, [&](const std::string& node) {
    if (!drops(node))
      return false;
    --loads_[node].copies;
    return true;
  });
}

/// Ends the copies that are not needed. A learner is not ended for being one
/// too many: once it is in sync, the copy goes that serves least.
void shard_planner::trim(shard_record& s) {
  auto& [home, standbys, learners] = s.place;
  const auto goes = [this](const std::string& node) {
    return rules_.replicas == 0 || !loads_.at(node).takes_shards;
  };
  drop_if(learners, goes);
  if (rules_.replicas == 0)
    return drop_if(standbys, goes);
  if (!s.donor.empty()) // one thing after the other
    return;
  const auto want = wanted(s);
  while (lasting(standbys) > want) {
    const auto worst = *heaviest(standbys);
    drop_if(standbys, [&](const auto& node) { return node == worst; });
  }
  if (lasting(standbys) == want)
    drop_if(standbys, goes);
}

void shard_planner::add_missing(std::uint32_t have) {
  for (auto& s : shards_) {
    const auto& [home, standbys, learners] = s.place;
    if (home.empty() || !s.donor.empty() || have >= wanted(s)
        || lasting(standbys) + lasting(learners) != have)
      continue;
    if (const auto* node = lightest_without(s, lightness::of_copies_of_home))
      learn(s, std::string{*node});
  }
}

/// Gives members that have few copies some of those that have many. Only when
/// nothing else is to be done, so that what is under way need not be guessed.
void shard_planner::even_out() {
  for (auto& s : shards_) {
    if (moves_left_ == 0)
      return;
    if (!s.donor.empty() || s.place.standbys.empty()
        || !s.place.learners.empty())
      continue;
    const auto* from = heaviest(s.place.standbys);
    const auto* to = lightest_without(s, lightness::of_copies);
    if (from == nullptr || to == nullptr)
      continue;
    auto& heavy = loads_.at(*from);
    const auto& light = loads_.at(*to);
    if (heavy.copies == 0
        || std::uint64_t{heavy.copies - 1} * light.weight
               < std::uint64_t{light.copies + 1} * heavy.weight)
      continue;
    if (learn(s, std::string{*to}))
      --heavy.copies; // as it will be
  }
}

bool shard_planner::learn(shard_record& s, const std::string& node) {
  if (moves_left_ == 0 || s.place.holds(node) || s.barred.contains(node)
      || !s.donor.empty())
    return false;
  auto& learners = s.place.learners;
  learners.insert(std::upper_bound(learners.begin(), learners.end(), node),
                  node);
  ++loads_[node].copies;
  ++loads_[node].copies_of[s.place.home];
  --moves_left_;
  return true;
}

/// Of those that will stay, the one with most copies for its weight.
const std::string*
shard_planner::heaviest(const std::vector<std::string>& copies) const {
  const std::string* worst = nullptr;
  std::uint64_t most = 0;
  std::uint64_t weight = 1;
  for (const auto& node : copies) {
    const auto& x = loads_.at(node);
    if (!x.takes_shards || (worst && x.copies * weight < most * x.weight))
      continue;
    worst = &node;
    most = x.copies;
    weight = x.weight;
  }
  return worst;
}

/// The member with the fewest copies for its weight, of those that could take
/// one more: of all copies, or of those of shards with the same home, so that
/// all others share what is lost with it.
const std::string* shard_planner::lightest_without(const shard_record& s,
                                                   lightness by) const {
  const auto burden = [&](const load& x) {
    const auto i = x.copies_of.find(s.place.home);
    const double same_home = i != x.copies_of.end() ? i->second : 0;
    std::array<double, 3> result{same_home, double(x.copies), double(x.homes)};
    if (by == lightness::of_copies)
      std::swap(result[0], result[1]);
    for (auto& part : result)
      part /= x.weight;
    return result;
  };
  const std::string* best = nullptr;
  std::array<double, 3> least{};
  for (const auto& [node, x] : loads_) {
    if (!x.takes_shards || s.place.holds(node) || s.barred.contains(node))
      continue;
    const auto has = burden(x);
    if (best && !(has < least))
      continue;
    best = &node;
    least = has;
  }
  return best;
}

} // namespace actors
