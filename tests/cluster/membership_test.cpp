// One node: without a cluster, and against peers that the test plays.
#include "tests/cluster/support/cluster_test.hpp"

#include <gmock/gmock.h>

using namespace actors;
using namespace std::chrono_literals;
using ::testing::SizeIs;

namespace {

class membership_test : public test_support::cluster_test {
protected:
  caf::actor embedded() {
    cluster_settings s;
    s.self.set_node("alone");
    s.self.set_incarnation("1");
    s.self.set_weight(100);
    s.shards = 3;
    s.lanes = {&lane()};
    s.listeners = {listener.handle()};
    s.node_agent = agent.handle();
    s.standing = &standing;
    auto x = keep(spawn_membership(std::move(s)));
    run();
    return x;
  }

  peer_identity who(const std::string& name, const std::string& incarnation) {
    return {name, incarnation, name + ":7000", false};
  }

  coordinator_standing standing;
  test_support::stand_in listener = stand_in_for("listener");
  test_support::stand_in agent = stand_in_for("agent");
};

TEST_F(membership_test, is_a_cluster_by_itself_when_embedded) {
  embedded();
  const auto views = listener.take<view_changed>();
  ASSERT_EQ(views.size(), 1u);
  const auto& now = *views[0].now;
  EXPECT_EQ(now.view->number(), 1u);
  EXPECT_EQ(now.self, "alone");
  EXPECT_TRUE(now.links.empty());
  for (std::uint32_t i = 0; i < 3; ++i)
    EXPECT_EQ(*now.home_of(i), "alone");
  EXPECT_TRUE(standing.leads);
}

TEST_F(membership_test, leaves_at_once_when_embedded) {
  auto it = embedded();
  const auto answer = ask<left>(it, begin_leaving{});
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->complete);
}

TEST_F(membership_test, surveys_itself_when_embedded) {
  auto it = embedded();
  agent.on<ask_node>([](const ask_node&) {
    auto reply = std::make_shared<roost::link::NodeReply>();
    reply->set_reached(9);
    return node_answer{reply};
  });
  auto request = std::make_shared<roost::link::NodeRequest>();
  const auto result = ask<survey_result>(it, survey{request});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->replies.at("alone")->reached(), 9u);
}

TEST_F(membership_test, refuses_what_no_coordinator_answers) {
  auto it = embedded();
  auto request = std::make_shared<roost::link::NodeRequest>();
  request->mutable_info();
  const auto answer = ask<node_answer>(it, ask_node{request});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->reply->error().code(), 104u);
}

TEST_F(membership_test, backs_off_while_it_can_not_connect) {
  start("a");
  advance(10s);
  EXPECT_GE(network->dials("c:7000"), 15u);
  EXPECT_LE(network->dials("c:7000"), 60u);
}

TEST_F(membership_test, drops_a_connection_that_it_should_have_made_itself) {
  auto& a = start("a");
  auto [theirs, ours] = network->connect(who("b", "1"), who("a", "1"));
  tell(a.membership, peer_connected{std::make_shared<peer_socket>(ours)});
  run();
  EXPECT_TRUE(a.links->snapshot().empty());
}

TEST_F(membership_test, drops_a_connection_from_a_node_of_its_own_name) {
  auto& c = start("c");
  auto [theirs, ours] = network->connect(who("c", "2"), who("c", "1"));
  tell(c.membership, peer_connected{std::make_shared<peer_socket>(ours)});
  run();
  EXPECT_TRUE(c.links->snapshot().empty());
}

TEST_F(membership_test, ends_links_of_nodes_that_are_gone_for_long) {
  auto& c = start("c");
  start("a");
  advance(1500ms);
  EXPECT_THAT(c.links->snapshot(), SizeIs(1));
  kill("a");
  advance(10s);
  EXPECT_THAT(c.links->snapshot(), SizeIs(1));
  advance(20s);
  EXPECT_TRUE(c.links->snapshot().empty());
  start("a", "2");
  advance(2s);
  EXPECT_EQ(members_at("a"), (std::set<std::string>{"a", "c"}));
}

TEST_F(membership_test, ends_everything_that_it_started) {
  start("c");
  start("a");
  advance(1500ms);
  kill("c");
  kill("a");
  EXPECT_EQ(network->open_connections(), 0u);
  // The fixture checks that no actor is left.
}

} // namespace
