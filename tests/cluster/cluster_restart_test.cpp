// cluster_state when nodes and coordinators start again, leave or may not come.
#include "tests/cluster/support/cluster_state_test.hpp"

#include <random>

using namespace actors;
using namespace std::chrono_literals;
using roost::link::Heartbeat;
using roost::link::View;
using test_support::cluster_state_test;

namespace {

// -- restarts of the coordinator ----------------------------------------------

TEST_F(cluster_state_test, goes_on_from_the_highest_view_after_a_restart) {
  join("a");
  join("b");
  settle();
  const auto old = view();
  join("c");
  const auto newest = view();

  restart();
  join("a", "1", newest);
  join("b", "1", old);
  join("c", "1", newest);
  EXPECT_EQ(view().number(), 0u);
  settle();
  EXPECT_EQ(view().number(), newest.number() + 1);
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(home(i), newest.members(newest.homes(i)).node());
    EXPECT_EQ(view().donors(i), newest.donors(i));
  }
}

TEST_F(cluster_state_test, keeps_the_shards_of_who_takes_longer_to_come_back) {
  join("a");
  join("b");
  settle();
  const auto newest = view();
  restart();
  alive.clear();
  join("a", "1", newest);
  settle();
  EXPECT_EQ(members(), (std::set<std::string>{"a", "b"}));
  join("b", "1", newest);
  for (int i = 0; i < 12; ++i)
    EXPECT_EQ(home(i), newest.members(newest.homes(i)).node());
  pass(5s);
  EXPECT_EQ(members().size(), 2u);
}

TEST_F(cluster_state_test, replaces_who_does_not_come_back_after_a_restart) {
  join("a");
  join("b");
  settle();
  const auto newest = view();
  restart();
  alive.clear();
  join("a", "1", newest);
  pass(2000ms);
  EXPECT_EQ(members().size(), 2u);
  pass(250ms);
  EXPECT_EQ(members(), (std::set<std::string>{"a"}));
  EXPECT_EQ(homed_at("a").size(), 12u);
}

TEST_F(cluster_state_test, knows_who_was_restarted_meanwhile) {
  join("a");
  join("b");
  settle();
  const auto newest = view();
  restart();
  join("a", "1", newest);
  join("b", "2");
  settle();
  EXPECT_EQ(members(), (std::set<std::string>{"a", "b"}));
  EXPECT_TRUE(given_by("b").empty());
  EXPECT_EQ(homed_at("b").size(), 6u);
}

TEST_F(cluster_state_test, raises_its_number_for_a_late_joiner) {
  View high;
  high.set_number(40);
  for (int i = 0; i < 12; ++i) {
    high.add_homes(-1);
    high.add_donors();
    high.add_copies();
  }
  join("a");
  settle();
  EXPECT_EQ(view().number(), 1u);
  EXPECT_TRUE(join("b", "1", high).new_view);
  EXPECT_EQ(view().number(), 41u);
}

TEST_F(cluster_state_test, raises_its_number_for_a_member_that_knows_more) {
  join("a");
  settle();
  View high = view();
  high.set_number(40);
  EXPECT_TRUE(join("a", "1", high).new_view);
  EXPECT_EQ(view().number(), 41u);
}

TEST_F(cluster_state_test, ignores_a_last_view_with_other_shards) {
  View odd;
  odd.set_number(9);
  odd.add_homes(0);
  join("a", "1", odd);
  settle();
  EXPECT_EQ(view().number(), 1u);
  EXPECT_EQ(homed_at("a").size(), 12u);
}

// -- who may not join ---------------------------------------------------------

TEST_F(cluster_state_test, refuses_another_number_of_shards) {
  auto x = join_of("a", "1");
  x.set_shards(13);
  const auto effects = state.join(x, now);
  ASSERT_EQ(effects.refused.size(), 1u);
  EXPECT_EQ(effects.refused[0].first, "a");
  EXPECT_EQ(effects.refused[0].second,
            "cluster.shards is 13 there and 12 in this cluster");
  settle();
  EXPECT_EQ(view().number(), 0u);
}

TEST_F(cluster_state_test, refuses_a_second_node_of_the_same_name) {
  join("a");
  settle();
  const auto effects = state.join(join_of("a", "2"), now);
  ASSERT_EQ(effects.refused.size(), 1u);
  EXPECT_NE(effects.refused[0].second.find("alive"), std::string::npos);
  EXPECT_FALSE(effects.new_view);
  EXPECT_EQ(view().members(0).incarnation(), "1");
}

TEST_F(cluster_state_test, takes_a_restarted_node_once_the_old_link_is_down) {
  join("a");
  join("b");
  settle();
  const auto before = homed_at("b");
  state.link_down("b", now);
  EXPECT_TRUE(join("b", "2").new_view);
  EXPECT_EQ(homed_at("b"), before); // nothing moves
  EXPECT_TRUE(given_by("b").empty());
  EXPECT_EQ(view().members(1).incarnation(), "2");
}

TEST_F(cluster_state_test, takes_a_restarted_node_when_the_old_one_is_silent) {
  join("a");
  settle();
  now += 2001ms;
  EXPECT_TRUE(state.join(join_of("a", "2"), now).refused.empty());
}

TEST_F(cluster_state_test, forgets_donations_of_a_restarted_node) {
  join("a");
  settle();
  join("b");
  ASSERT_FALSE(given_by("a").empty());
  state.link_down("a", now);
  join("a", "2");
  EXPECT_TRUE(given_by("a").empty());
}

// -- leaving ------------------------------------------------------------------

TEST_F(cluster_state_test, moves_everything_away_from_who_leaves) {
  join("a");
  join("b");
  settle();
  const auto moved = homed_at("b");
  EXPECT_TRUE(beat("b", {}, true).new_view);
  EXPECT_EQ(homed_at("a").size(), 12u);
  EXPECT_EQ(given_by("b"), moved);
  EXPECT_TRUE(view().members(1).leaving());
  EXPECT_FALSE(beat("b", {}, true).new_view);
  EXPECT_TRUE(beat("a", moved).new_view);
  EXPECT_TRUE(given_by("b").empty());
  EXPECT_TRUE(state.leave("b", now).new_view);
  EXPECT_EQ(members(), (std::set<std::string>{"a"}));
  EXPECT_FALSE(state.leave("b", now).new_view);
}

TEST_F(cluster_state_test, lets_the_last_one_keep_its_shards_when_it_leaves) {
  join("a");
  settle();
  beat("a", {}, true);
  EXPECT_EQ(homed_at("a").size(), 12u);
  EXPECT_TRUE(state.leave("a", now).new_view);
  EXPECT_EQ(home(0), "");
}

TEST_F(cluster_state_test, gives_nothing_to_a_node_without_weight) {
  auto x = join_of("c", "1");
  x.mutable_member()->set_weight(0);
  state.join(x, now);
  alive.insert("c");
  join("a");
  settle();
  EXPECT_EQ(homed_at("a").size(), 12u);
}

// -- whatever happens ---------------------------------------------------------

TEST_F(cluster_state_test, keeps_its_promises_whatever_happens) {
  std::minstd_rand chance{11};
  const std::vector<std::string> names{"a", "b", "c", "d", "e"};
  std::uint64_t last = 0;
  for (int step = 0; step < 5000; ++step) {
    const auto& node = names[chance() % names.size()];
    switch (chance() % 8) {
    case 0:
      state.link_down(node, now);
      join(node, std::to_string(chance() % 3), chance() % 2 ? view() : View{});
      break;
    case 1:
      alive.erase(node);
      break;
    case 2:
      beat(node, {}, chance() % 4 == 0);
      break;
    case 3:
      state.link_down(node, now);
      break;
    case 4:
      state.leave(node, now);
      alive.erase(node);
      break;
    case 5:
      beat(node, homed_at(node));
      break;
    case 6:
      if (chance() % 20 == 0)
        restart();
      break;
    default:
      pass(std::chrono::milliseconds{chance() % 1500});
    }
    if (view().number() == 0) {
      last = 0; // a new coordinator
      continue;
    }
    ASSERT_GE(view().number(), last);
    last = view().number();
    ASSERT_EQ(view().homes_size(), 12);
    ASSERT_EQ(view().donors_size(), 12);
    bool takers = false;
    for (const auto& m : view().members())
      takers |= !m.leaving();
    for (int i = 0; i < 12; ++i) {
      ASSERT_LT(view().homes(i), view().members_size());
      ASSERT_TRUE(!takers || view().homes(i) >= 0) << step;
      const auto& donor = view().donors(i);
      ASSERT_TRUE(donor.empty() || members().contains(donor)) << step;
      ASSERT_TRUE(donor.empty() || donor != home(i)) << step;
    }
  }
}

} // namespace
