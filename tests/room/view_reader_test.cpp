#include "actors/room/view_reader.hpp"

#include <gtest/gtest.h>

namespace {

using actors::node_shards;
using actors::view_reader;
using names = std::vector<std::string>;

/// Shard 0 is at a with a copy at b; shard 1 moves from a to b, where c is
/// being given a copy; shard 2 waits for c.
class view_reader_test : public ::testing::Test {
protected:
  view_reader_test() {
    for (const auto* name : {"a", "b", "c"}) {
      auto& member = *view.add_members();
      member.set_node(name);
      member.set_incarnation(std::string{name} + "1");
    }
    for (const auto home : {0, 1, -1})
      view.add_homes(home);
    for (const auto* donor : {"", "a", ""})
      view.add_donors(donor);
    auto& first = *view.add_copies();
    first.set_term(4);
    first.add_standbys(1);
    auto& second = *view.add_copies();
    second.set_term(7);
    second.set_anew(3);
    second.add_standbys(0);
    second.add_learners(2);
    auto& third = *view.add_copies();
    third.set_term(5);
    third.add_holders()->set_node("c");
    third.mutable_holders(0)->set_incarnation("c0");
  }

  roost::link::View view;
  view_reader read{view};
};

TEST_F(view_reader_test, names_the_home_of_each_shard) {
  EXPECT_EQ(read.shard_count(), 3u);
  EXPECT_EQ(*read.home_of(0), "a");
  EXPECT_EQ(*read.home_of(1), "b");
  EXPECT_EQ(read.home_of(2), nullptr);
  EXPECT_EQ(read.home(1)->incarnation(), "b1");
}

TEST_F(view_reader_test, names_the_donor_of_a_shard_that_moves) {
  EXPECT_EQ(read.donor_of(0), "");
  EXPECT_EQ(read.donor_of(1), "a");
}

TEST_F(view_reader_test, names_the_copies_of_each_shard) {
  const auto second = read.copies_of(1);
  EXPECT_EQ(second.term, 7u);
  EXPECT_EQ(second.anew, 3u);
  EXPECT_EQ(second.standbys, names{"a"});
  EXPECT_EQ(second.learners, names{"c"});
  EXPECT_EQ(second.holders, names{});
  EXPECT_EQ(read.copies_of(2).holders, names{"c"});
  EXPECT_EQ(read.holders_of(2).Get(0).incarnation(), "c0");
  EXPECT_EQ(read.standby_count(0), 1u);
  EXPECT_EQ(read.standby_count(2), 0u);
  EXPECT_EQ(read.term_of(0), 4u);
  EXPECT_EQ(read.anew_of(1), 3u);
}

TEST_F(view_reader_test, counts_what_a_node_has_by_role) {
  EXPECT_EQ(read.shards_of("a"), (node_shards{1, 1, 1, 0}));
  EXPECT_EQ(read.shards_of("b"), (node_shards{1, 0, 1, 0}));
  EXPECT_EQ(read.shards_of("c"), (node_shards{0, 0, 0, 1}));
}

TEST_F(view_reader_test, tells_rooms_from_copies_of_them) {
  EXPECT_TRUE((node_shards{0, 1, 0, 0}).has_rooms());
  EXPECT_FALSE((node_shards{0, 0, 1, 1}).has_rooms());
  EXPECT_FALSE((node_shards{0, 0, 0, 1}).empty());
  EXPECT_TRUE(node_shards{}.empty());
}

TEST_F(view_reader_test, counts_nothing_for_a_node_that_is_no_member) {
  EXPECT_EQ(read.shards_of("d"), node_shards{});
  view.set_donors(0, "d");
  EXPECT_EQ(read.shards_of("d"), (node_shards{0, 1, 0, 0}));
}

TEST_F(view_reader_test, knows_members_and_their_starts) {
  EXPECT_TRUE(read.is_member("c"));
  EXPECT_FALSE(read.is_member("d"));
  EXPECT_EQ(read.member("d"), nullptr);
  auto other = *read.member("c");
  EXPECT_TRUE(read.is_member(other));
  other.set_incarnation("c2");
  EXPECT_FALSE(read.is_member(other));
}

TEST_F(view_reader_test, knows_drained_nodes_that_are_no_members) {
  view.add_drained("d");
  EXPECT_TRUE(read.is_drained("d"));
  EXPECT_FALSE(read.is_drained("a"));
}

TEST_F(view_reader_test, says_that_nobody_has_a_shard_that_is_not_there) {
  for (const auto shard : {3u, UINT32_MAX}) {
    EXPECT_EQ(read.home_of(shard), nullptr);
    EXPECT_EQ(read.donor_of(shard), "");
    EXPECT_EQ(read.copies_of(shard).term, 0u);
    EXPECT_EQ(read.standby_count(shard), 0u);
    EXPECT_EQ(read.holders_of(shard).size(), 0);
  }
}

TEST_F(view_reader_test, reads_lists_of_other_lengths) {
  view.clear_donors();
  view.clear_copies();
  EXPECT_EQ(*read.home_of(1), "b");
  EXPECT_EQ(read.donor_of(1), "");
  EXPECT_EQ(read.copies_of(1).standbys, names{});
  EXPECT_EQ(read.shards_of("a"), (node_shards{1, 0, 0, 0}));
}

TEST_F(view_reader_test, takes_positions_without_member_for_nobody) {
  view.set_homes(0, 3);
  view.set_homes(1, -2);
  view.mutable_copies(1)->set_standbys(0, 17);
  EXPECT_EQ(read.home_of(0), nullptr);
  EXPECT_EQ(read.home_of(1), nullptr);
  EXPECT_EQ(read.copies_of(1).standbys, names{});
}

} // namespace
