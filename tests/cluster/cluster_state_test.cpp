#include "tests/cluster/support/cluster_state_test.hpp"

using namespace actors;
using namespace std::chrono_literals;
using roost::link::Heartbeat;
using roost::link::View;
using test_support::cluster_state_test;

namespace {

TEST_F(cluster_state_test, makes_no_view_before_it_has_settled) {
  EXPECT_FALSE(join("a").new_view);
  EXPECT_FALSE(join("b").new_view);
  pass(750ms);
  EXPECT_EQ(view().number(), 0u);
  EXPECT_TRUE(pass(250ms).new_view);
  EXPECT_EQ(view().number(), 1u);
  EXPECT_EQ(members(), (std::set<std::string>{"a", "b"}));
  EXPECT_EQ(homed_at("a").size(), 6u);
  EXPECT_EQ(homed_at("b").size(), 6u);
}

TEST_F(cluster_state_test, makes_its_first_view_for_who_comes_first) {
  settle();
  EXPECT_EQ(view().number(), 0u);
  EXPECT_TRUE(join("a").new_view);
  EXPECT_EQ(view().number(), 1u);
  EXPECT_EQ(homed_at("a").size(), 12u);
}

TEST_F(cluster_state_test,
       gives_a_joiner_its_share_with_the_old_home_as_donor) {
  join("a");
  settle();
  EXPECT_TRUE(join("b").new_view);
  EXPECT_EQ(view().number(), 2u);
  EXPECT_EQ(homed_at("b").size(), 6u);
  EXPECT_EQ(given_by("a"), homed_at("b"));
}

TEST_F(cluster_state_test, forgets_donors_when_the_new_home_has_the_rooms) {
  join("a");
  settle();
  join("b");
  const auto moved = homed_at("b");
  EXPECT_TRUE(beat("b", {moved[0], moved[1]}).new_view);
  EXPECT_EQ(given_by("a").size(), 4u);
  EXPECT_EQ(view().number(), 3u);
  // Repeated, it is no news.
  EXPECT_FALSE(beat("b", {moved[0], moved[1]}).new_view);
}

TEST_F(cluster_state_test, believes_received_only_from_the_home) {
  join("a");
  settle();
  join("b");
  EXPECT_FALSE(beat("a", homed_at("b")).new_view);
  EXPECT_EQ(given_by("a").size(), 6u);
}

TEST_F(cluster_state_test, ignores_received_of_a_view_before_the_move) {
  join("a");
  settle();
  join("b");
  Heartbeat old;
  old.set_view(1);
  old.add_received(homed_at("b")[0]);
  const auto effects = state.heartbeat("b", old, now);
  EXPECT_FALSE(effects.new_view);
  // It has not got the view yet, so it gets it again.
  EXPECT_EQ(effects.send_view_to, std::vector<std::string>{"b"});
}

TEST_F(cluster_state_test, ignores_received_of_shards_that_do_not_exist) {
  join("a");
  settle();
  join("b");
  EXPECT_FALSE(beat("b", {12, 4'000'000'000}).new_view);
}

TEST_F(cluster_state_test, does_not_move_a_shard_again_before_it_has_arrived) {
  join("a");
  settle();
  join("b");
  const auto moving = homed_at("b");
  join("c");
  for (const auto i : moving)
    EXPECT_EQ(home(static_cast<int>(i)), "b");
  EXPECT_EQ(homed_at("c").size(), 2u); // of a's six, until b's have arrived
  beat("b", moving);
  beat("c", homed_at("c"));
  EXPECT_EQ(homed_at("c").size(), 4u);
}

TEST_F(cluster_state_test, replaces_a_silent_member) {
  join("a");
  join("b");
  settle();
  alive.erase("b");
  EXPECT_FALSE(pass(2000ms).new_view);
  const auto effects = pass(250ms);
  EXPECT_TRUE(effects.new_view);
  EXPECT_EQ(members(), (std::set<std::string>{"a"}));
  EXPECT_EQ(homed_at("a").size(), 12u);
  EXPECT_TRUE(given_by("b").empty());
}

TEST_F(cluster_state_test, forgives_a_link_that_comes_back_in_time) {
  join("a");
  join("b");
  settle();
  alive.erase("b");
  EXPECT_FALSE(state.link_down("b", now).new_view);
  pass(1500ms);
  const auto number = view().number();
  const auto effects = join("b", "1", view());
  EXPECT_FALSE(effects.new_view);
  EXPECT_EQ(effects.send_view_to, std::vector<std::string>{"b"});
  pass(5000ms);
  EXPECT_EQ(view().number(), number);
}

TEST_F(cluster_state_test, lets_the_home_start_empty_when_the_donor_died) {
  join("a");
  settle();
  join("b");
  alive.erase("a");
  pass(2500ms);
  EXPECT_EQ(homed_at("b").size(), 12u);
  EXPECT_TRUE(given_by("a").empty());
}

TEST_F(cluster_state_test, gives_shards_back_to_the_donor_when_the_home_dies) {
  join("a");
  settle();
  join("b");
  alive.erase("b");
  pass(2500ms);
  EXPECT_EQ(homed_at("a").size(), 12u);
  EXPECT_TRUE(given_by("a").empty());
  EXPECT_TRUE(given_by("b").empty());
}

TEST_F(cluster_state_test, keeps_the_donor_when_another_home_takes_over) {
  join("a");
  join("b");
  settle();
  join("c");
  const auto moved = homed_at("c");
  ASSERT_EQ(moved.size(), 4u);
  const auto donor = view().donors(static_cast<int>(moved[0]));
  alive.erase("c");
  pass(2500ms);
  for (const auto i : moved) {
    const auto at = home(static_cast<int>(i));
    const auto from = view().donors(static_cast<int>(i));
    EXPECT_TRUE(from.empty() || from != at);
  }
  EXPECT_EQ(home(static_cast<int>(moved[0])), donor); // it still has them
}

TEST_F(cluster_state_test, tells_who_was_taken_for_dead) {
  join("a");
  join("b");
  settle();
  alive.erase("b");
  pass(2500ms);
  EXPECT_EQ(beat("b").send_view_to, std::vector<std::string>{"b"});
  EXPECT_TRUE(join("b", "1", view()).new_view);
  EXPECT_EQ(homed_at("b").size(), 6u);
}

TEST_F(cluster_state_test, does_not_blame_others_for_its_own_pause) {
  join("a");
  join("b");
  settle();
  now += 60s; // SIGSTOP
  const auto effects = state.tick(now);
  EXPECT_FALSE(effects.new_view);
  EXPECT_FALSE(effects.notes.empty());
  EXPECT_FALSE(pass(10s).new_view);
  EXPECT_EQ(members().size(), 2u);
}

TEST_F(cluster_state_test, still_finds_the_dead_after_its_own_pause) {
  join("a");
  join("b");
  settle();
  alive.erase("b");
  now += 60s;
  state.tick(now);
  pass(2500ms);
  EXPECT_EQ(members(), (std::set<std::string>{"a"}));
}

} // namespace
