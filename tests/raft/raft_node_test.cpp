#include "tests/raft/raft_world.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace actors {
namespace {

using std::chrono::milliseconds;

world_rules calm(std::size_t nodes) {
  world_rules x;
  x.nodes = nodes;
  return x;
}

TEST(raft_node_test, one_member_decides_at_once) {
  raft_world world(1, calm(1));
  ASSERT_TRUE(world.node(0)->leads());
  world.propose(0);
  EXPECT_EQ(world.committed(), 1u);
  EXPECT_EQ(world.node(0)->leader(), "node-0");
}

TEST(raft_node_test, one_member_remembers_across_restarts) {
  raft_world world(1, calm(1));
  world.propose(0);
  world.propose(0);
  const auto term = world.node(0)->term();
  const auto state = world.state(0);
  world.kill(0);
  world.start(0);
  EXPECT_EQ(world.state(0), state);
  EXPECT_GT(world.node(0)->term(), term);
  EXPECT_TRUE(world.wrong().empty());
}

TEST(raft_node_test, three_members_elect_one_and_agree) {
  raft_world world(1, calm(3));
  const int leader = world.elect();
  ASSERT_GE(leader, 0);
  for (int i = 0; i < 10; ++i)
    world.propose(static_cast<std::size_t>(leader));
  world.run(milliseconds{300});
  EXPECT_EQ(world.committed(), 10u);
  EXPECT_EQ(world.state(0), world.state(1));
  EXPECT_EQ(world.state(1), world.state(2));
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(world.node(i)->leader(),
              world.node(static_cast<std::size_t>(leader))->self());
}

TEST(raft_node_test, a_follower_names_the_leader) {
  raft_world world(1, calm(3));
  const auto leader = static_cast<std::size_t>(world.elect());
  world.run(milliseconds{100});
  world.propose((leader + 1) % 3);
  ASSERT_EQ(world.results().size(), 1u);
  EXPECT_EQ(world.results()[0].end, proposal_end::not_leader);
  EXPECT_EQ(world.results()[0].leader, world.node(leader)->self());
}

TEST(raft_node_test, a_cut_off_leader_commits_nothing_and_says_so) {
  raft_world world(1, calm(3));
  const auto old = static_cast<std::size_t>(world.elect());
  world.isolate(old, true);
  world.propose(old);
  world.run(milliseconds{3000});
  ASSERT_EQ(world.results().size(), 1u);
  EXPECT_EQ(world.results()[0].end, proposal_end::lost_leadership);
  EXPECT_FALSE(world.node(old)->leads());
  EXPECT_NE(world.leader(), static_cast<int>(old));
  EXPECT_TRUE(world.heal(milliseconds{5000}));
}

TEST(raft_node_test, a_new_leader_is_there_within_two_seconds) {
  milliseconds longest{0};
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    raft_world world(seed, calm(seed % 2 ? 3 : 5));
    const int leader = world.elect();
    ASSERT_GE(leader, 0);
    world.run(milliseconds{200});
    world.kill(static_cast<std::size_t>(leader));
    // It stays dead: a world starts again what it finds dead.
    const auto from = world.now();
    while (world.leader() < 0 && world.now() < from + milliseconds{5000}) {
      world.run(milliseconds{10});
      if (world.node(static_cast<std::size_t>(leader)))
        world.kill(static_cast<std::size_t>(leader));
    }
    longest = std::max(longest, world.now() - from);
  }
  RecordProperty("longest_ms", static_cast<int>(longest.count()));
  EXPECT_LT(longest, milliseconds{2000});
}

TEST(raft_node_test, all_members_killed_at_once_keep_everything) {
  raft_world world(1, calm(3));
  const auto leader = static_cast<std::size_t>(world.elect());
  for (int i = 0; i < 50; ++i)
    world.propose(leader);
  world.run(milliseconds{500});
  const auto committed = world.committed();
  ASSERT_EQ(committed, 50u);
  const auto state = world.state(leader);
  for (std::size_t i = 0; i < 3; ++i)
    world.kill(i);
  for (std::size_t i = 0; i < 3; ++i)
    world.start(i);
  ASSERT_GE(world.elect(), 0);
  const auto after = static_cast<std::size_t>(world.leader());
  EXPECT_EQ(world.state(after), state);
  EXPECT_TRUE(world.heal(milliseconds{5000}));
}

TEST(raft_node_test, snapshots_keep_the_log_short) {
  auto rules = calm(3);
  rules.options.snapshot_threshold = 20;
  rules.options.snapshot_trailing = 5;
  raft_world world(1, rules);
  const auto leader = static_cast<std::size_t>(world.elect());
  for (int i = 0; i < 300; ++i) {
    world.propose(leader);
    world.run(milliseconds{20});
  }
  world.run(milliseconds{500});
  EXPECT_EQ(world.committed(), 300u);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_LE(world.disk(i).state->entries.size(), 20u + 5u + 5u);
}

TEST(raft_node_test, a_member_far_behind_gets_the_snapshot) {
  auto rules = calm(3);
  rules.options.snapshot_threshold = 20;
  rules.options.snapshot_trailing = 5;
  raft_world world(1, rules);
  const auto leader = static_cast<std::size_t>(world.elect());
  const auto behind = (leader + 1) % 3;
  world.isolate(behind, true);
  for (int i = 0; i < 100; ++i) {
    world.propose(leader);
    world.run(milliseconds{20});
  }
  EXPECT_EQ(world.installs(), 0u);
  ASSERT_TRUE(world.heal(milliseconds{5000}));
  EXPECT_EQ(world.installs(), 1u);
}

TEST(raft_node_test, refuses_what_does_not_fit) {
  auto rules = calm(1);
  rules.options.max_command_bytes = 100;
  raft_world world(1, rules);
  world.propose(0, "");
  world.propose(0, std::string(101, 'x'));
  world.propose(0, std::string(100, 'x'));
  ASSERT_EQ(world.results().size(), 3u);
  EXPECT_EQ(world.results()[0].end, proposal_end::unfit);
  EXPECT_EQ(world.results()[1].end, proposal_end::unfit);
  EXPECT_EQ(world.results()[2].end, proposal_end::committed);
}

TEST(raft_node_test, bounds_what_waits) {
  auto rules = calm(3);
  rules.options.max_waiting = 4;
  raft_world world(1, rules);
  const auto leader = static_cast<std::size_t>(world.elect());
  world.isolate(leader, true);
  for (int i = 0; i < 6; ++i)
    world.propose(leader);
  // One is under way, four wait.
  ASSERT_EQ(world.results().size(), 1u);
  EXPECT_EQ(world.results()[0].end, proposal_end::too_many);
}

TEST(raft_node_test, who_asks_again_at_once_does_not_hang_the_lane) {
  int asked = 0;
  std::function<void()> ask;
  raft_world world(1, calm(3)); // nobody leads yet
  ask = [&] {
    if (auto* node = world.node(0)) // none any more at the end
      node->propose("x", [&](const auto& x) {
        EXPECT_NE(x.end, proposal_end::committed);
        ++asked;
        ask();
      });
  };
  ask();
  EXPECT_GT(asked, 0);
  EXPECT_LT(asked, 100);
}

TEST(raft_node_test, a_barrier_follows_what_was_proposed_before) {
  raft_world world(1, calm(3));
  auto& leader = *world.node(static_cast<std::size_t>(world.elect()));
  std::vector<std::string> order;
  leader.propose("x", [&](const auto& x) {
    EXPECT_EQ(x.end, proposal_end::committed);
    order.push_back("command");
  });
  leader.barrier([&](const auto& x) {
    EXPECT_EQ(x.end, proposal_end::committed);
    order.push_back("barrier");
  });
  EXPECT_TRUE(order.empty());
  world.run(milliseconds{300});
  EXPECT_EQ(order, (std::vector<std::string>{"command", "barrier"}));
}

TEST(raft_node_test, a_failing_disk_ends_a_member_without_a_word) {
  raft_world world(1, calm(3));
  const auto leader = static_cast<std::size_t>(world.elect());
  world.run(milliseconds{200});
  world.disk(leader).next_fault = [] {
    return memory_disk::fault::lost;
  };
  auto& node = *world.node(leader);
  world.propose(leader);
  EXPECT_EQ(node.failure(), "the disk fails");
  EXPECT_FALSE(node.leads());
  ASSERT_EQ(world.results().size(), 1u);
  EXPECT_EQ(world.results()[0].end, proposal_end::failed);
}

TEST(raft_node_test, a_promise_to_lead_ends_without_followers) {
  raft_world world(1, calm(3));
  const auto i = static_cast<std::size_t>(world.elect());
  world.run(milliseconds{300});
  auto& leader = *world.node(i);
  const auto now = raft_node::clock::time_point{world.now()};
  ASSERT_TRUE(leader.leads_until());
  EXPECT_GT(*leader.leads_until(), now + milliseconds{300});
  world.isolate(i, true);
  world.run(milliseconds{50}); // what is on its way arrives nowhere
  const auto last = leader.leads_until();
  world.run(milliseconds{200});
  EXPECT_EQ(leader.leads_until(), last);
  EXPECT_LE(*last, now + milliseconds{550});
}

} // namespace
} // namespace actors
