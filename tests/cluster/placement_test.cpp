#include "actors/cluster/coordinator/placement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

using namespace actors;

namespace {

using homes = std::vector<std::int32_t>;

std::vector<placement_shard> at(const homes& where) {
  std::vector<placement_shard> result;
  for (const auto x : where)
    result.push_back({x, false, no_member});
  return result;
}

std::vector<std::uint32_t> counts(const homes& where, std::size_t members) {
  std::vector<std::uint32_t> result(members);
  for (const auto x : where)
    if (x != no_member)
      ++result[static_cast<std::size_t>(x)];
  return result;
}

/// Shards that leave a home, or find one.
std::size_t moves(const homes& from, const homes& to) {
  std::size_t result = 0;
  for (std::size_t i = 0; i < from.size(); ++i)
    result += from[i] != to[i] ? 1 : 0;
  return result;
}

/// Whether each member has its exact share, rounded down or up.
bool fair(const homes& where, const std::vector<placement_member>& members) {
  std::uint64_t weights = 0;
  for (const auto& m : members)
    weights += m.takes_shards() ? m.weight : 0;
  const auto have = counts(where, members.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!members[i].takes_shards()) {
      if (have[i] != 0)
        return false;
      continue;
    }
    const auto product = std::uint64_t{members[i].weight} * where.size();
    const auto low = product / weights;
    const auto high = low + (product % weights != 0 ? 1 : 0);
    if (have[i] < low || have[i] > high)
      return false;
  }
  return true;
}

/// The fewest moves that lead to a fair placement, by trying all.
std::size_t fewest_moves(const homes& from,
                         const std::vector<placement_member>& members) {
  auto best = from.size() + 1;
  homes to(from.size());
  std::function<void(std::size_t)> choose = [&](std::size_t i) {
    if (i == to.size()) {
      if (fair(to, members))
        best = std::min(best, moves(from, to));
      return;
    }
    for (std::size_t m = 0; m < members.size(); ++m) {
      to[i] = static_cast<std::int32_t>(m);
      choose(i + 1);
    }
  };
  choose(0);
  return best;
}

TEST(placement_test, spreads_shards_evenly_over_equal_members) {
  const auto to = place(at(homes(256, no_member)), {{100}, {100}, {100}});
  const auto have = counts(to, 3);
  EXPECT_EQ(have, (std::vector<std::uint32_t>{86, 85, 85}));
}

TEST(placement_test, follows_weights) {
  const auto to = place(at(homes(240, no_member)), {{100}, {200}, {300}});
  EXPECT_EQ(counts(to, 3), (std::vector<std::uint32_t>{40, 80, 120}));
}

TEST(placement_test, gives_nothing_to_weight_zero) {
  const auto to = place(at(homes(10, no_member)), {{0}, {5}});
  EXPECT_EQ(counts(to, 2), (std::vector<std::uint32_t>{0, 10}));
}

TEST(placement_test, gives_a_joiner_its_share_and_moves_nothing_else) {
  const homes from = place(at(homes(256, no_member)), {{100}, {100}});
  const auto to = place(at(from), {{100}, {100}, {100}});
  EXPECT_TRUE(fair(to, {{100}, {100}, {100}}));
  for (std::size_t i = 0; i < from.size(); ++i)
    EXPECT_TRUE(to[i] == from[i] || to[i] == 2) << i;
  EXPECT_EQ(counts(to, 3)[2], 85u);
}

TEST(placement_test, moves_only_the_shards_of_the_dead) {
  homes from = place(at(homes(256, no_member)), {{100}, {100}, {100}});
  std::vector<bool> orphans;
  for (auto& x : from) {
    orphans.push_back(x == 2);
    if (x == 2)
      x = no_member;
  }
  const auto to = place(at(from), {{100}, {100}});
  for (std::size_t i = 0; i < from.size(); ++i)
    EXPECT_TRUE(orphans[i] || to[i] == from[i]) << i;
  EXPECT_EQ(counts(to, 2), (std::vector<std::uint32_t>{128, 128}));
}

TEST(placement_test, takes_everything_from_who_leaves) {
  const auto from = place(at(homes(12, no_member)), {{1}, {1}, {1}});
  const auto to = place(at(from), {{1}, {1, true}, {1}});
  EXPECT_EQ(counts(to, 3), (std::vector<std::uint32_t>{6, 0, 6}));
}

TEST(placement_test, leaves_pinned_shards_where_they_are) {
  std::vector<placement_shard> shards(4, {0, true, no_member});
  const auto to = place(shards, {{1}, {1}});
  EXPECT_EQ(to, (homes{0, 0, 0, 0}));
}

TEST(placement_test, moves_others_in_place_of_pinned_shards) {
  std::vector<placement_shard> shards(4, {0, false, no_member});
  shards[0].pinned = shards[1].pinned = true;
  EXPECT_EQ(place(shards, {{1}, {1}}), (homes{0, 0, 1, 1}));
}

TEST(placement_test, gives_an_orphan_to_who_is_preferred_if_it_has_space) {
  std::vector<placement_shard> shards(4, {no_member, false, no_member});
  shards[3].preferred = 1;
  shards[2].preferred = 1;
  shards[1].preferred = 1;
  const auto to = place(shards, {{1}, {1}});
  EXPECT_EQ(counts(to, 2), (std::vector<std::uint32_t>{2, 2}));
  EXPECT_EQ(to[1], 1);
  EXPECT_EQ(to[2], 1);
}

TEST(placement_test, changes_nothing_when_nobody_takes_shards) {
  EXPECT_EQ(place(at({0, no_member, 1}), {{0}, {100, true}}),
            (homes{0, no_member, 1}));
  EXPECT_EQ(place(at({no_member}), {}), (homes{no_member}));
}

TEST(placement_test, moves_as_little_as_can_be) {
  // Every placement of 5 shards on 3 members (or none), for several weights.
  const std::vector<std::vector<placement_member>> worlds{
      {{1}, {1}, {1}},       {{1}, {2}, {3}}, {{5}, {1}, {1}},
      {{1}, {1, true}, {1}}, {{0}, {1}, {1}}, {{7}, {3}, {0}}};
  for (const auto& members : worlds)
    for (int code = 0; code < 4 * 4 * 4 * 4 * 4; ++code) {
      homes from;
      for (int rest = code, i = 0; i < 5; ++i, rest /= 4)
        from.push_back(rest % 4 - 1);
      const auto to = place(at(from), members);
      ASSERT_TRUE(fair(to, members)) << code;
      ASSERT_EQ(moves(from, to), fewest_moves(from, members)) << code;
    }
}

TEST(placement_test, is_stable_and_fair_whatever_happens) {
  std::minstd_rand chance{7};
  homes now(128, no_member);
  std::vector<placement_member> members(6);
  for (int step = 0; step < 2000; ++step) {
    auto& changed = members[chance() % members.size()];
    changed.weight = chance() % 4 * 50;
    changed.leaving = chance() % 5 == 0;
    for (auto& x : now) // and now and then one dies
      if (chance() % 997 == 0)
        x = no_member;
    const auto next = place(at(now), members);
    const bool any = std::any_of(members.begin(), members.end(),
                                 [](auto& m) { return m.takes_shards(); });
    if (!any) {
      ASSERT_EQ(next, now);
      continue;
    }
    ASSERT_TRUE(fair(next, members)) << step;
    ASSERT_EQ(place(at(now), members), next) << step;
    ASSERT_EQ(place(at(next), members), next) << step;
    now = next;
  }
}

} // namespace
