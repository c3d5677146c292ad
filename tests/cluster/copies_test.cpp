// cluster_state where shards have copies.
#include "tests/cluster/support/copies_test.hpp"

#include "actors/cluster/view_check.hpp"

using namespace actors;
using namespace std::chrono_literals;
using roost::link::Heartbeat;
using roost::link::View;
using test_support::copies_test;

namespace {

class two_copies_test : public copies_test {
protected:
  two_copies_test() : copies_test(with_copies(2)) {}
};

class bounded_copies_test : public copies_test {
protected:
  static cluster_rules few_moves() {
    auto result = with_copies();
    result.concurrent_moves = 3;
    return result;
  }
  bounded_copies_test() : copies_test(few_moves()) {}
};

TEST_F(copies_test, makes_no_copy_where_there_is_nobody_else) {
  join("a");
  settle();
  for (int i = 0; i < 12; ++i) {
    EXPECT_TRUE(learners(i).empty());
    EXPECT_EQ(copies(i).term(), 1u);
  }
}

TEST_F(copies_test, makes_a_copy_of_each_shard_evenly) {
  start({"a", "b", "c"});
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(standbys(i).size(), 1u);
    EXPECT_FALSE(standbys(i).contains(home(i)));
    EXPECT_TRUE(learners(i).empty());
  }
  for (const auto* x : {"a", "b", "c"})
    EXPECT_EQ(copies_at(x), 4u) << x;
}

TEST_F(copies_test, lets_all_others_share_the_copies_of_a_home) {
  start({"a", "b", "c", "d"});
  std::map<std::string, std::map<std::string, int>> shared;
  for (int i = 0; i < 12; ++i)
    for (const auto& node : standbys(i))
      ++shared[home(i)][node];
  for (const auto& [home, by] : shared)
    EXPECT_EQ(by.size(), 3u) << home;
}

TEST_F(two_copies_test, makes_two_copies_where_there_are_three_members) {
  start({"a", "b", "c"});
  for (int i = 0; i < 12; ++i)
    EXPECT_EQ(standbys(i).size(), 2u);
}

TEST_F(copies_test, makes_a_standby_only_of_a_learner_that_its_home_names) {
  join("a");
  join("b");
  settle();
  const auto at = home(0);
  const auto other = *learners(0).begin();
  EXPECT_FALSE(report(other, 0, {other}).new_view); // not its home
  EXPECT_FALSE(report(at, 0, {at}).new_view);
  EXPECT_TRUE(report(at, 0, {other}).new_view);
  EXPECT_EQ(standbys(0), (names{other}));
  EXPECT_EQ(copies(0).term(), view().number());
}

TEST_F(copies_test, ignores_reports_of_another_term) {
  join("a");
  join("b");
  settle();
  Heartbeat x;
  x.set_view(view().number());
  auto& about = *x.add_copies();
  about.set_term(copies(0).term() - 1);
  about.add_caught_up(*learners(0).begin());
  EXPECT_FALSE(state.heartbeat(home(0), x, now).new_view);
  about.set_shard(400);
  EXPECT_FALSE(state.heartbeat(home(0), x, now).new_view);
}

TEST_F(copies_test, keeps_the_term_of_shards_that_do_not_change) {
  start({"a", "b"});
  std::vector<std::uint64_t> terms;
  for (int i = 0; i < 12; ++i)
    terms.push_back(copies(i).term());
  report(home(3), 3, {}, standbys(3));
  for (int i = 0; i < 12; ++i)
    EXPECT_EQ(copies(i).term() != terms[static_cast<std::size_t>(i)], i == 3);
}

TEST_F(copies_test, drops_a_standby_that_its_home_does_not_reach) {
  start({"a", "b", "c"});
  const auto lost = *standbys(0).begin();
  EXPECT_TRUE(report(home(0), 0, {}, {lost}).new_view);
  EXPECT_TRUE(standbys(0).empty());
  // Somebody else takes its place, and it is not asked again so soon.
  ASSERT_EQ(learners(0).size(), 1u);
  EXPECT_FALSE(learners(0).contains(lost));
}

TEST_F(copies_test, asks_again_who_was_lost_when_there_is_nobody_else) {
  start({"a", "b"});
  const auto lost = standbys(0);
  report(home(0), 0, {}, lost);
  EXPECT_TRUE(learners(0).empty());
  pass(1750ms);
  EXPECT_TRUE(learners(0).empty());
  pass(500ms);
  EXPECT_EQ(learners(0), lost);
}

TEST_F(bounded_copies_test, makes_few_copies_at_the_same_time) {
  join("a");
  join("b");
  settle();
  for (int step = 0; step < 20; ++step) {
    EXPECT_LE(learner_count(), 3u);
    catch_up();
    pass(250ms);
  }
  for (int i = 0; i < 12; ++i)
    EXPECT_EQ(standbys(i).size(), 1u);
}

// -- planned moves ------------------------------------------------------------

TEST_F(copies_test, moves_a_home_to_a_standby_with_the_old_one_as_donor) {
  start({"a", "b"});
  const View before = view();
  join("c");
  EXPECT_EQ(homed_at("c").size(), 0u); // it has no copy yet
  EXPECT_GT(learner_count(), 0u);
  for (int i = 0; i < 12; ++i)
    report(home(i), i, learners(i));
  const auto moved = homed_at("c");
  EXPECT_EQ(moved.size(), 4u);
  for (const auto x : moved) {
    const auto i = static_cast<int>(x);
    const auto& old = before.members(before.homes(i)).node();
    EXPECT_EQ(view().donors(i), old);
    EXPECT_TRUE(standbys(i).contains(old));
  }
  calm_down();
  for (const auto* x : {"a", "b", "c"}) {
    EXPECT_EQ(homed_at(x).size(), 4u) << x;
    EXPECT_EQ(copies_at(x), 4u) << x;
  }
}

TEST_F(copies_test, moves_everything_away_from_who_leaves_at_once) {
  start({"a", "b", "c"});
  beat("b", {}, true);
  EXPECT_EQ(homed_at("b").size(), 0u);
  EXPECT_EQ(given_by("b").size(), 4u);
  // It keeps copies until others have them.
  EXPECT_GT(copies_at("b"), 0u);
  calm_down();
  EXPECT_EQ(copies_at("b"), 0u);
  EXPECT_TRUE(given_by("b").empty());
  for (int i = 0; i < 12; ++i)
    EXPECT_EQ(standbys(i).size(), 1u);
}

TEST_F(copies_test, lets_who_leaves_go_when_there_is_nobody_for_its_copies) {
  start({"a", "b"});
  beat("b", {}, true);
  calm_down();
  EXPECT_EQ(homed_at("a").size(), 12u);
  EXPECT_EQ(copies_at("b"), 0u);
}

TEST_F(copies_test, serves_on_without_the_donor_when_it_dies) {
  start({"a", "b", "c"});
  beat("b", {}, true);
  kill("b");
  pass(2500ms);
  EXPECT_TRUE(given_by("b").empty());
  EXPECT_EQ(homed_at("a").size() + homed_at("c").size(), 12u);
}

TEST_F(copies_test, goes_back_to_the_donor_when_the_new_home_dies) {
  start({"a", "b"});
  join("c");
  catch_up();
  const auto moved = homed_at("c");
  ASSERT_FALSE(moved.empty());
  const auto i = static_cast<int>(moved[0]);
  const auto in_sync = standbys(i);
  kill("c");
  pass(2500ms);
  EXPECT_TRUE(in_sync.contains(home(i)));
  EXPECT_EQ(view().donors(i), "");
}

// -- leases and views ---------------------------------------------------------

TEST_F(copies_test, extends_leases_of_members_only) {
  join("a");
  EXPECT_FALSE(beat("a").lease); // it may have missed what was decided
  settle();
  EXPECT_TRUE(beat("a").lease);
  EXPECT_FALSE(beat("x").lease);
  alive.clear();
  pass(2500ms);
  EXPECT_FALSE(beat("a").lease); // somebody may have taken its place
  state.follow();
  EXPECT_FALSE(beat("a").lease);
}

TEST_F(copies_test, has_nothing_left_to_do_when_it_is_calm) {
  start({"a", "b", "c", "d"});
  EXPECT_FALSE(pass(60s).new_view);
}

TEST_F(copies_test, makes_views_that_nodes_take) {
  start({"a", "b", "c"});
  EXPECT_EQ(what_is_wrong(view(), 12), "");
  View wrong = view();
  wrong.mutable_copies(0)->add_learners(wrong.homes(0));
  EXPECT_NE(what_is_wrong(wrong, 12), "");
  wrong = view();
  wrong.mutable_copies(0)->add_learners(wrong.copies(0).standbys(0));
  EXPECT_NE(what_is_wrong(wrong, 12), "");
  wrong = view();
  wrong.mutable_copies(0)->set_term(wrong.number() + 1);
  EXPECT_NE(what_is_wrong(wrong, 12), "");
  wrong = view();
  wrong.mutable_copies()->RemoveLast();
  EXPECT_NE(what_is_wrong(wrong, 12), "");
  wrong = view();
  wrong.set_homes(0, 3);
  EXPECT_NE(what_is_wrong(wrong, 12), "");
}

} // namespace
