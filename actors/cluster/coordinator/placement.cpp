#include "actors/cluster/coordinator/placement.hpp"

#include <algorithm>
#include <numeric>

namespace actors {

namespace {

std::vector<std::uint32_t>
count_by_home(const std::vector<placement_shard>& shards,
              std::size_t member_count) {
  std::vector<std::uint32_t> result(member_count);
  for (const auto& s : shards)
    if (s.home != no_member)
      ++result[static_cast<std::size_t>(s.home)];
  return result;
}

/// The member that lacks most of its share; the first of several.
std::size_t neediest(const std::vector<std::uint32_t>& shares,
                     const std::vector<std::uint32_t>& counts) {
  std::size_t best = 0;
  std::int64_t most = INT64_MIN;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const auto missing = std::int64_t{shares[i]} - counts[i];
    // A share of nothing is not a need, however small the others'.
    if (shares[i] > 0 && missing > most) {
      best = i;
      most = missing;
    }
  }
  return best;
}

} // namespace

std::vector<std::uint32_t>
shares_of(const std::vector<placement_shard>& shards,
          const std::vector<placement_member>& members) {
  std::vector<std::uint32_t> shares(members.size());
  std::uint64_t weights = 0;
  for (const auto& m : members)
    if (m.takes_shards())
      weights += m.weight;
  if (weights == 0)
    return shares;
  struct rounded_down {
    std::size_t member;
    std::uint64_t rest; // of the division: how much it lost
    bool has_more;
  };
  std::vector<rounded_down> candidates;
  const auto counts = count_by_home(shards, members.size());
  auto left = shards.size();
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!members[i].takes_shards())
      continue;
    const auto product = std::uint64_t{members[i].weight} * shards.size();
    shares[i] = static_cast<std::uint32_t>(product / weights);
    left -= shares[i];
    if (product % weights != 0)
      candidates.push_back({i, product % weights, counts[i] > shares[i]});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const rounded_down& a, const rounded_down& b) {
                     if (a.has_more != b.has_more)
                       return a.has_more;
                     return a.rest > b.rest;
                   });
  for (std::size_t i = 0; i < left; ++i)
    ++shares[candidates[i].member];
  return shares;
}

std::vector<std::int32_t> place(const std::vector<placement_shard>& shards,
                                const std::vector<placement_member>& members) {
  std::vector<std::int32_t> homes(shards.size());
  for (std::size_t i = 0; i < shards.size(); ++i)
    homes[i] = shards[i].home;
  const auto shares = shares_of(shards, members);
  if (std::accumulate(shares.begin(), shares.end(), std::uint64_t{0}) == 0)
    return homes;
  auto counts = count_by_home(shards, members.size());

  // What has no home, and what its home has above its share.
  std::vector<std::size_t> moving;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    if (homes[i] == no_member) {
      if (!shards[i].pinned)
        moving.push_back(i);
      continue;
    }
    const auto home = static_cast<std::size_t>(homes[i]);
    if (counts[home] > shares[home] && !shards[i].pinned) {
      --counts[home];
      moving.push_back(i);
    }
  }
  for (const auto i : moving) {
    auto to = neediest(shares, counts);
    if (shards[i].preferred != no_member) {
      const auto preferred = static_cast<std::size_t>(shards[i].preferred);
      if (counts[preferred] < shares[preferred])
        to = preferred;
    }
    homes[i] = static_cast<std::int32_t>(to);
    ++counts[to];
  }
  return homes;
}

} // namespace actors
