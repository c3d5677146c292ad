#include "actors/cluster/cluster_settings.hpp"
#include "actors/cluster/coordinator/shard_census.hpp"
#include "actors/cluster/link/link_gaps.hpp"
#include "actors/cluster/link/link_metrics.hpp"
#include "actors/cluster/membership/settled_shards.hpp"

#include <gtest/gtest.h>

using namespace actors;
using roost::link::View;

namespace {

// -- settled_shards -----------------------------------------------------------

View view_with(std::uint64_t number, const std::string& donor_of_3) {
  View x;
  x.set_number(number);
  x.add_members()->set_node("me");
  x.add_members()->set_node("you");
  for (int i = 0; i < 4; ++i) {
    x.add_homes(i == 3 ? 0 : 1);
    x.add_donors(i == 3 ? donor_of_3 : "");
  }
  return x;
}

TEST(settled_shards_test, reports_until_the_donor_is_gone) {
  settled_shards x;
  x.install(view_with(5, "you"), "me");
  EXPECT_TRUE(x.received().empty());
  x.add(3, 5);
  EXPECT_EQ(x.received(), std::vector<std::uint32_t>{3});
  x.install(view_with(6, "you"), "me");
  EXPECT_EQ(x.received(), std::vector<std::uint32_t>{3});
  x.install(view_with(7, ""), "me");
  EXPECT_TRUE(x.received().empty());
}

TEST(settled_shards_test, ignores_what_does_not_move_here) {
  settled_shards x;
  x.install(view_with(5, "you"), "me");
  x.add(2, 5);
  x.add(99, 5);
  EXPECT_TRUE(x.received().empty());
}

TEST(settled_shards_test, does_not_take_an_earlier_move_for_this_one) {
  settled_shards x;
  x.install(view_with(5, "you"), "me");
  x.install(view_with(6, "he"), "me");
  x.add(3, 5);
  EXPECT_TRUE(x.received().empty());
  x.add(3, 6);
  EXPECT_EQ(x.received(), std::vector<std::uint32_t>{3});
}

// -- shard_census -------------------------------------------------------------

TEST(shard_census_test, counts_homes_and_what_is_missing) {
  auto x = view_with(5, "");
  for (int i = 0; i < 4; ++i)
    x.add_copies();
  x.mutable_copies(0)->add_standbys(0);
  x.mutable_copies(1)->add_learners(0); // does not hold everything yet
  x.set_homes(2, -1);
  x.mutable_copies(3)->add_standbys(1);

  const auto mine = take_census(x, "me", 1);
  EXPECT_EQ(mine.homes, 1u);
  EXPECT_EQ(mine.without_home, 1u);
  EXPECT_EQ(mine.lacking_copies, 2u);
  EXPECT_EQ(take_census(x, "you", 1).homes, 2u);
  EXPECT_EQ(take_census(x, "me", 0).lacking_copies, 0u);
  EXPECT_EQ(take_census(x, "me", 2).lacking_copies, 4u);
}

// -- link_gaps ----------------------------------------------------------------

TEST(link_gaps_test, remembers_the_lanes_of_each_room) {
  link_gaps x;
  x.add("a", 1);
  x.add("a", 4);
  x.add("b", 2);
  EXPECT_EQ(x.take("a"), 5u);
  EXPECT_EQ(x.take("a"), 0u);
  EXPECT_EQ(x.take_any(), (std::pair<std::string, std::uint64_t>{"b", 2}));
  EXPECT_TRUE(x.empty());
}

TEST(link_gaps_test, becomes_one_gap_for_all_when_there_are_too_many) {
  link_gaps x{2};
  x.add("a", 1);
  x.add("b", 1);
  x.add("b", 2);
  EXPECT_FALSE(x.all());
  x.add("c", 1);
  EXPECT_TRUE(x.all());
  EXPECT_FALSE(x.take_any());
  EXPECT_FALSE(x.empty());
  EXPECT_TRUE(x.take_all());
  EXPECT_FALSE(x.take_all());
  EXPECT_TRUE(x.empty());
}

// -- link_registry ------------------------------------------------------------

TEST(link_registry_test, lists_the_links_there_are) {
  link_registry links;
  auto a = links.add("a");
  auto b = links.add("b");
  links.remove(a);
  const auto now = links.snapshot();
  ASSERT_EQ(now.size(), 1u);
  EXPECT_EQ(now[0]->peer, "b");
}

// -- cluster_settings ---------------------------------------------------------

TEST(cluster_settings_test, follow_the_configuration) {
  config::node_config config;
  config.node.name = "n1";
  config.node.roles.gateway = false;
  config.cluster.emplace();
  config.cluster->coordinators = {{"10.0.0.1", 7000}};
  config.cluster->advertise = {"10.0.0.1", 7000};
  config.cluster->shards = 16;
  const auto x = cluster_settings_of(config, "abc");
  EXPECT_EQ(x.self.node(), "n1");
  EXPECT_EQ(x.self.incarnation(), "abc");
  EXPECT_EQ(x.self.address(), "10.0.0.1:7000");
  EXPECT_TRUE(x.self.coordinator());
  EXPECT_EQ(x.self.weight(), 0u); // no rooms without the gateway role
  EXPECT_EQ(x.coordinators, std::vector<std::string>{"10.0.0.1:7000"});
  EXPECT_EQ(x.shards, 16u);
}

TEST(cluster_settings_test, of_a_node_without_cluster_stand_alone) {
  config::node_config config;
  config.node.name = "n1";
  const auto x = cluster_settings_of(config, "abc");
  EXPECT_FALSE(x.self.coordinator());
  EXPECT_EQ(x.self.weight(), 100u);
  EXPECT_TRUE(x.coordinators.empty());
  EXPECT_FALSE(x.transport);
}

} // namespace
