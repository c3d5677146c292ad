// Shards whose home is lost: who takes its place, and when.
#include "tests/cluster/support/copies_test.hpp"

using namespace actors;
using namespace std::chrono_literals;
using roost::link::View;
using test_support::copies_test;

namespace {

class takeover_test : public copies_test {};

class clean_takeover_test : public copies_test {
protected:
  static cluster_rules clean() {
    auto result = with_copies();
    result.unclean_takeover = false;
    return result;
  }
  clean_takeover_test() : copies_test(clean()) {}
};

// -- a home that is lost ------------------------------------------------------

TEST_F(takeover_test, puts_a_standby_in_the_place_of_a_dead_home) {
  start({"a", "b", "c"});
  const View before = view();
  kill("b");
  pass(2000ms);
  EXPECT_EQ(view().number(), before.number());
  pass(250ms);
  for (int i = 0; i < 12; ++i) {
    const auto& old = before.members(before.homes(i)).node();
    if (old != "b") {
      EXPECT_EQ(home(i), old);
      continue;
    }
    EXPECT_EQ(home(i), before.members(before.copies(i).standbys(0)).node());
    EXPECT_EQ(view().donors(i), "");
    EXPECT_EQ(copies(i).term(), view().number());
  }
  EXPECT_EQ(homed_at("a").size(), 6u);
  EXPECT_EQ(homed_at("c").size(), 6u);
  calm_down();
  for (int i = 0; i < 12; ++i)
    EXPECT_EQ(standbys(i).size(), 1u);
}

TEST_F(takeover_test, does_not_wait_for_a_process_that_has_ended) {
  start({"a", "b", "c"});
  const View before = view();
  kill("b");
  EXPECT_TRUE(state.gone("b", "1", now).new_view);
  for (int i = 0; i < 12; ++i) {
    const auto& old = before.members(before.homes(i)).node();
    EXPECT_EQ(home(i),
              old != "b" ? old
                         : before.members(before.copies(i).standbys(0)).node());
  }
}

TEST_F(takeover_test, believes_nothing_bad_of_who_is_back) {
  start({"a", "b", "c"});
  kill("b");
  EXPECT_FALSE(state.gone("b", "0", now).new_view); // one of that name before
  join("b", "2");
  const auto number = view().number();
  EXPECT_FALSE(state.gone("b", "1", now).new_view);
  pass(500ms);
  EXPECT_EQ(members(), (names{"a", "b", "c"}));
  EXPECT_GE(view().number(), number);
}

TEST_F(takeover_test, buries_who_ended_before_it_led) {
  start({"a", "b", "c"});
  state.follow();
  state.decided(view());
  kill("b");
  state.gone("b", "1", now);
  state.lead(now);
  pass(1250ms);
  EXPECT_EQ(members(), (names{"a", "c"}));
}

TEST_F(takeover_test, never_puts_a_learner_in_the_place_of_a_home) {
  join("a");
  join("b");
  settle();
  ASSERT_FALSE(learners(0).empty());
  kill("a");
  pass(2500ms);
  for (int i = 0; i < 12; ++i)
    EXPECT_NE(home(i), "a");
  EXPECT_EQ(homed_at("b").size(), 6u); // its own
}

TEST_F(takeover_test, puts_a_standby_in_the_place_of_a_restarted_home_at_once) {
  start({"a", "b"});
  const auto moved = homed_at("b");
  state.link_down("b", now);
  join("b", "2");
  EXPECT_EQ(homed_at("a").size(), 12u);
  for (const auto i : moved) {
    EXPECT_FALSE(standbys(static_cast<int>(i)).contains("b"));
    EXPECT_EQ(copies(static_cast<int>(i)).term(), view().number());
  }
  // What it had as a standby is gone, too.
  for (int i = 0; i < 12; ++i)
    EXPECT_TRUE(standbys(i).empty());
}

TEST_F(takeover_test, changes_the_term_when_a_learner_was_restarted) {
  join("a");
  join("b");
  settle();
  ASSERT_EQ(home(0), "a");
  ASSERT_EQ(learners(0), names{"b"});
  state.link_down("b", now);
  join("b", "2");
  ASSERT_EQ(home(0), "a");
  EXPECT_EQ(learners(0), names{"b"});
  EXPECT_EQ(copies(0).term(), view().number());
}

// -- no copy in sync ----------------------------------------------------------

TEST_F(takeover_test, waits_before_a_shard_starts_again_without_its_rooms) {
  join("a");
  join("b");
  settle(); // without standbys
  const auto lost = homed_at("b");
  kill("b");
  pass(2250ms);
  for (const auto i : lost) {
    EXPECT_EQ(home(static_cast<int>(i)), "");
    ASSERT_EQ(copies(static_cast<int>(i)).holders_size(), 1);
    EXPECT_EQ(copies(static_cast<int>(i)).holders(0).node(), "b");
  }
  pass(3750ms);
  EXPECT_EQ(home(static_cast<int>(lost[0])), "");
  pass(500ms);
  EXPECT_EQ(homed_at("a").size(), 12u);
  EXPECT_EQ(copies(static_cast<int>(lost[0])).holders_size(), 0);
}

TEST_F(takeover_test, gives_a_shard_back_to_who_still_has_it) {
  join("a");
  join("b");
  settle();
  const auto lost = homed_at("b");
  const auto begun = copies(static_cast<int>(lost[0])).anew();
  kill("b");
  pass(2500ms);
  ASSERT_EQ(homed_at("a").size(), 6u);
  join("b"); // the same: it was only cut off
  EXPECT_EQ(homed_at("b"), lost);
  EXPECT_EQ(copies(static_cast<int>(lost[0])).anew(), begun);
}

TEST_F(takeover_test, says_that_a_shard_begins_anew) {
  start({"a", "b", "c"});
  const auto begun = [this](int shard) {
    return copies(shard).anew();
  };
  EXPECT_EQ(begun(0), 1u);
  int shard = 0;
  while (home(shard) != "a" || !standbys(shard).contains("b"))
    ++shard;
  kill("a");
  pass(2500ms);
  ASSERT_EQ(home(shard), "b");
  EXPECT_EQ(begun(shard), 1u); // it goes on
  kill("b");
  pass(8s);
  ASSERT_EQ(home(shard), "c");
  EXPECT_EQ(begun(shard), copies(shard).term());
  const View last = view();
  restart();
  alive = {"c"};
  join("c", "1", last);
  settle();
  EXPECT_EQ(begun(shard), last.copies(shard).anew());
}

TEST_F(takeover_test, lets_a_home_that_was_restarted_alone_begin_anew) {
  join("a");
  join("b");
  settle();
  const auto lost = homed_at("b");
  state.link_down("b", now);
  join("b", "2");
  for (const auto i : lost)
    EXPECT_EQ(copies(static_cast<int>(i)).anew(), view().number());
}

TEST_F(takeover_test, waits_no_longer_when_nobody_has_the_shard) {
  join("a");
  join("b");
  settle();
  kill("b");
  pass(2500ms);
  const auto effects = join("b", "2");
  EXPECT_FALSE(effects.warnings.empty());
  EXPECT_EQ(homed_at("b").size(), 6u);
}

TEST_F(clean_takeover_test, leaves_a_shard_unavailable_until_a_copy_is_back) {
  start({"a", "b", "c"});
  int shard = 0;
  while (home(shard) != "a" || !standbys(shard).contains("b"))
    ++shard;
  kill("a");
  kill("b");
  pass(60s);
  EXPECT_EQ(home(shard), "");
  EXPECT_EQ(copies(shard).holders_size(), 2);
  join("b");
  EXPECT_EQ(home(shard), "b");
}

TEST_F(clean_takeover_test, starts_again_when_all_copies_were_restarted) {
  start({"a", "b", "c"});
  int shard = 0;
  while (home(shard) != "a" || !standbys(shard).contains("b"))
    ++shard;
  kill("a");
  kill("b");
  pass(10s);
  join("b", "2");
  EXPECT_EQ(home(shard), ""); // a may still be there
  join("a", "2");
  EXPECT_NE(home(shard), "");
}

TEST_F(clean_takeover_test, remembers_who_has_a_shard_across_coordinators) {
  start({"a", "b", "c"});
  const auto lost = homed_at("a");
  kill("a");
  kill("b");
  pass(5s);
  const View last = view();
  restart();
  alive = {"c"};
  join("c", "1", last);
  settle();
  EXPECT_EQ(homed_at("a").size(), 0u);
  join("a");
  for (const auto i : lost)
    EXPECT_NE(home(static_cast<int>(i)), "");
}

} // namespace
