// Nodes that an admin wants to have no shards.
#include "tests/cluster/support/copies_test.hpp"

using namespace actors;
using namespace std::chrono_literals;
using roost::link::View;
using test_support::copies_test;

namespace {

class drain_test : public copies_test {
protected:
  void drain(const std::string& node, bool undo = false) {
    ASSERT_EQ(state.refuses_to_drain(node, undo), "");
    state.drain(node, undo, now);
  }

  std::size_t held_by(const std::string& node) const {
    return homed_at(node).size() + given_by(node).size() + copies_at(node);
  }
};

TEST_F(drain_test, takes_all_shards_and_copies_away) {
  start({"a", "b", "c"});
  drain("b");
  EXPECT_EQ(view().drained(0), "b");
  calm_down();
  EXPECT_EQ(held_by("b"), 0u);
  for (int i = 0; i < 12; ++i)
    EXPECT_EQ(standbys(i).size(), 1u);
}

TEST_F(drain_test, lets_no_shard_begin_anew) {
  start({"a", "b", "c"});
  std::vector<std::uint64_t> begun;
  for (const auto& x : view().copies())
    begun.push_back(x.anew());
  drain("b");
  calm_down();
  for (int i = 0; i < 12; ++i)
    EXPECT_EQ(copies(i).anew(), begun[static_cast<std::size_t>(i)]);
}

TEST_F(drain_test, keeps_them_away) {
  start({"a", "b", "c"});
  drain("b");
  calm_down();
  kill("c");
  pass(2500ms);
  calm_down();
  EXPECT_EQ(held_by("b"), 0u);
  join("b", "2"); // it was restarted
  calm_down();
  EXPECT_EQ(held_by("b"), 0u);
}

TEST_F(drain_test, can_be_undone) {
  start({"a", "b", "c"});
  drain("b");
  calm_down();
  drain("b", true);
  calm_down();
  EXPECT_EQ(view().drained_size(), 0);
  EXPECT_EQ(homed_at("b").size(), 4u);
  EXPECT_EQ(copies_at("b"), 4u);
}

TEST_F(drain_test, changes_nothing_the_second_time) {
  start({"a", "b"});
  drain("b");
  calm_down();
  EXPECT_FALSE(state.drain("b", false, now).new_view);
}

TEST_F(drain_test, keeps_shards_where_nobody_else_is_left) {
  start({"a", "b"});
  drain("b");
  calm_down();
  const auto before = copies(0).anew();
  kill("a");
  pass(8s);
  EXPECT_EQ(homed_at("b").size(), 12u);
  EXPECT_GT(copies(0).anew(), before); // the only home has died
}

TEST_F(drain_test, outlives_the_coordinator) {
  start({"a", "b", "c"});
  drain("b");
  calm_down();
  const View last = view();
  restart();
  alive.clear();
  for (const auto* x : {"a", "b", "c"})
    join(x, "1", last);
  settle();
  EXPECT_EQ(held_by("b"), 0u);
  ASSERT_EQ(view().drained_size(), 1);
  EXPECT_EQ(view().drained(0), "b");
}

TEST_F(drain_test, is_refused_with_what_there_is) {
  start({"a", "b"});
  EXPECT_EQ(state.refuses_to_drain("x", false),
            "there is no node x; there are a, b");
  EXPECT_EQ(state.refuses_to_drain("a", true), "a is not drained; no node is");
  drain("b");
  EXPECT_EQ(state.refuses_to_drain("b", false), "");
  EXPECT_EQ(state.refuses_to_drain("a", false),
            "no node would be left for the shards of a");
  EXPECT_EQ(state.refuses_to_drain("a", true),
            "a is not drained; these are: b");
}

} // namespace
