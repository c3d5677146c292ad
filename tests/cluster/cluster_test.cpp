// Several nodes: what happens when they come, go, die and can't hear each
// other.
#include "tests/cluster/support/cluster_test.hpp"

#include <gmock/gmock.h>

using namespace actors;
using namespace std::chrono_literals;
using test_support::cluster_test;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

using names = std::set<std::string>;

TEST_F(cluster_test, joins_nodes_and_shares_the_shards_out) {
  start_three();
  for (const auto* x : {"a", "b", "c"}) {
    EXPECT_EQ(members_at(x), (names{"a", "b", "c"})) << x;
    EXPECT_EQ(number_at(x), number_at("c")) << x;
    EXPECT_EQ(homes_at(x), homes_at("c")) << x;
  }
  for (const auto* x : {"a", "b", "c"})
    EXPECT_EQ(count_homes("c", x), 4u);
}

TEST_F(cluster_test, tells_listeners_of_each_view_with_links_to_the_others) {
  start("c");
  auto& a = start("a");
  advance(1500ms);
  const auto views = a.listener.take<view_changed>();
  ASSERT_FALSE(views.empty());
  const auto& now = *views.back().now;
  EXPECT_EQ(now.self, "a");
  EXPECT_TRUE(now.is_member("c"));
  ASSERT_EQ(now.links.size(), 1u);
  EXPECT_TRUE(now.links.contains("c"));
  std::uint64_t last = 0;
  for (const auto& x : views) {
    EXPECT_GT(x.now->view->number(), last);
    last = x.now->view->number();
  }
}

TEST_F(cluster_test, makes_one_connection_for_each_pair) {
  for (const auto* x : {"c", "a", "b", "d"})
    start(x);
  advance(5s);
  EXPECT_EQ(network->open_connections(), 6u);
  EXPECT_EQ(network->connections(), 6u);
}

TEST_F(cluster_test, waits_for_a_coordinator_that_starts_later) {
  start("a");
  advance(3s);
  EXPECT_EQ(number_at("a"), 0u);
  EXPECT_EQ(view_at("a").now->home_of(3), nullptr);
  EXPECT_GT(network->dials("c:7000"), 3u);
  start("c");
  advance(2s);
  EXPECT_EQ(members_at("a"), (names{"a", "c"}));
}

TEST_F(cluster_test, moves_shards_to_a_node_that_joins) {
  start("c");
  start("a");
  advance(1500ms);
  const auto before = homes_at("c");
  start("b");
  advance(500ms);
  EXPECT_EQ(count_homes("a", "b"), 4u);
  const auto after = homes_at("c");
  const auto view = view_at("a").now->view;
  for (int i = 0; i < 12; ++i)
    if (after[i] == "b") {
      EXPECT_EQ(view->donors(i), before[i]);
    } else {
      EXPECT_EQ(after[i], before[i]);
    }
  settle_shards();
  advance(1s);
  for (const auto& donor : view_at("a").now->view->donors())
    EXPECT_EQ(donor, "");
}

TEST_F(cluster_test, gives_the_shards_of_a_dead_node_to_the_living) {
  start_three();
  settle_shards();
  advance(1s);
  kill("b");
  EXPECT_EQ(members_at("a"), (names{"a", "b", "c"})); // not yet
  advance(2300ms);
  EXPECT_EQ(members_at("a"), (names{"a", "c"}));
  EXPECT_EQ(count_homes("a", "a"), 6u);
  EXPECT_EQ(count_homes("a", "c"), 6u);
}

TEST_F(cluster_test, buries_a_node_at_once_whose_process_has_ended) {
  network->tells_closed_ports = true;
  start_three();
  kill("b");
  advance(50ms);
  EXPECT_EQ(members_at("a"), (names{"a", "c"}));
  EXPECT_EQ(count_homes("a", "b"), 0u);
}

TEST_F(cluster_test, buries_nobody_who_was_only_cut_off) {
  network->tells_closed_ports = true;
  start_three();
  const auto number = number_at("a");
  network->cut("b", "c");
  advance(1s);
  EXPECT_EQ(number_at("a"), number);
  EXPECT_EQ(members_at("a"), (names{"a", "b", "c"}));
}

TEST_F(cluster_test, replaces_a_node_that_hangs_and_takes_it_back) {
  start("c");
  start("a");
  auto& b = start("b");
  advance(1500ms);
  network->freeze("b");
  advance(2500ms);
  EXPECT_EQ(members_at("a"), (names{"a", "c"}));
  network->thaw("b");
  b.listener.take<view_changed>();
  advance(2500ms);
  EXPECT_EQ(members_at("c"), (names{"a", "b", "c"}));
  EXPECT_EQ(number_at("b"), number_at("c"));
  EXPECT_FALSE(b.listener.take<view_changed>().empty());
}

TEST_F(cluster_test, survives_a_short_hang_without_a_new_view) {
  start("c");
  start("a");
  advance(1500ms);
  settle_shards();
  advance(1s);
  const auto number = number_at("c");
  network->freeze("a");
  advance(1s);
  network->thaw("a");
  advance(3s);
  EXPECT_EQ(number_at("c"), number);
}

TEST_F(cluster_test, reconnects_after_a_cut_without_a_new_view) {
  start("c");
  auto& a = start("a");
  advance(1500ms);
  settle_shards();
  advance(1s);
  const auto number = number_at("c");
  a.audience.take<resynchronise>();
  network->cut("a", "c");
  run();
  EXPECT_EQ(network->open_connections(), 0u);
  advance(1s);
  EXPECT_EQ(network->open_connections(), 1u);
  EXPECT_EQ(number_at("c"), number);
  EXPECT_THAT(a.audience.take<resynchronise>(), SizeIs(1));
}

TEST_F(cluster_test, keeps_its_view_while_the_coordinator_is_away) {
  start("c");
  auto& a = start("a");
  auto& b = start("b");
  advance(1500ms);
  const auto view = view_at("a").now->view;
  kill("c");
  for (auto* listener : {&a.listener, &b.listener}) {
    const auto told = listener->take<view_changed>();
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told.back().now->view->number(), view->number());
    EXPECT_THAT(told.back().now->unreachable, ElementsAre("c"));
  }
  advance(30s);
  EXPECT_EQ(view_at("a").now->view, view);
  EXPECT_THAT(a.listener.take<view_changed>(), IsEmpty());
  EXPECT_THAT(b.listener.take<view_changed>(), IsEmpty());
  EXPECT_EQ(network->open_connections(), 1u); // of a and b
}

TEST_F(cluster_test, goes_on_with_higher_numbers_when_the_coordinator_is_back) {
  start_three();
  settle_shards();
  advance(1s);
  const auto number = number_at("a");
  const auto homes = homes_at("a");
  kill("c");
  advance(10s);
  start("c", "2");
  advance(2s);
  EXPECT_GT(number_at("a"), number);
  EXPECT_EQ(homes_at("a"), homes);
  EXPECT_EQ(homes_at("c"), homes);
  EXPECT_EQ(members_at("c"), (names{"a", "b", "c"}));
}

TEST_F(cluster_test, takes_a_restarted_node_at_once) {
  start("c");
  start("a");
  advance(1500ms);
  kill("a");
  start("a", "2");
  advance(500ms);
  EXPECT_EQ(members_at("a"), (names{"a", "c"}));
  EXPECT_EQ(number_at("a"), number_at("c"));
}

TEST_F(cluster_test, keeps_a_second_node_of_the_same_name_out) {
  start("c");
  start("a");
  advance(1500ms);
  settle_shards();
  advance(1s);
  const auto number = number_at("c");
  start("a", "2", "elsewhere");
  advance(5s);
  EXPECT_EQ(number_at("elsewhere"), 0u);
  EXPECT_EQ(number_at("c"), number);
  EXPECT_EQ(network->open_connections(), 1u);
  // It gets in when the first is gone.
  kill("a");
  advance(3s);
  EXPECT_EQ(members_at("elsewhere"), (names{"a", "c"}));
}

TEST_F(cluster_test, keeps_a_node_with_other_shards_out) {
  start("c");
  start("a", "1", "a", 16);
  advance(5s);
  EXPECT_EQ(number_at("a"), 0u);
  EXPECT_EQ(members_at("c"), (names{"c"}));
}

TEST_F(cluster_test, goes_on_when_two_nodes_can_not_hear_each_other) {
  start("c");
  auto& a = start("a");
  start("b");
  advance(1500ms);
  settle_shards();
  advance(1s);
  const auto number = number_at("c");
  network->split("a", "b");
  advance(5s);
  EXPECT_EQ(number_at("c"), number);
  auto request = std::make_shared<roost::link::RoomRequest>();
  request->mutable_publish();
  const auto answer =
      ask<room_answer>(view_at("a").now->links.at("b"), ask_room{request});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->reply->error().code(), 100u);
  a.audience.take<resynchronise>();
  network->heal("a", "b");
  advance(2s);
  const auto again = a.audience.take<resynchronise>();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].node, "b");
}

// -- leaving ------------------------------------------------------------------

TEST_F(cluster_test, hands_everything_over_then_leaves) {
  start("c");
  start("a");
  auto& b = start("b");
  advance(1500ms);
  settle_shards();
  advance(1s);
  auto leaving = start_ask<left>(b.membership, begin_leaving{});
  advance(1s);
  EXPECT_TRUE(leaving->pending());
  EXPECT_EQ(count_homes("a", "b"), 0u);
  settle_shards();
  advance(1s);
  ASSERT_TRUE(leaving->answer);
  EXPECT_TRUE(leaving->answer->complete);
  // It stays for its clients, without shards.
  EXPECT_EQ(members_at("a"), (names{"a", "b", "c"}));
  EXPECT_EQ(count_homes("a", "b"), 0u);

  auto gone = start_ask<left>(b.membership, leave_view{});
  advance(100ms);
  ASSERT_TRUE(gone->answer);
  EXPECT_EQ(members_at("a"), (names{"a", "c"}));
  advance(5s);
  EXPECT_EQ(members_at("a"), (names{"a", "c"})); // it does not come back
}

TEST_F(cluster_test, leaves_in_time_without_a_coordinator) {
  start("c");
  auto& a = start("a");
  advance(1500ms);
  kill("c");
  auto gone = start_ask<left>(a.membership, leave_view{});
  advance(1900ms);
  EXPECT_TRUE(gone->pending());
  advance(200ms);
  EXPECT_FALSE(gone->pending());
}

TEST_F(cluster_test, leaves_in_time_even_if_nobody_takes_the_shards) {
  start("c");
  auto& a = start("a");
  advance(1500ms);
  settle_shards();
  advance(1s);
  auto leaving = start_ask<left>(a.membership, begin_leaving{});
  advance(4900ms);
  EXPECT_TRUE(leaving->pending());
  advance(200ms);
  ASSERT_TRUE(leaving->answer);
  EXPECT_FALSE(leaving->answer->complete);
}

TEST_F(cluster_test, lets_the_coordinator_leave_last) {
  auto& c = start("c");
  start("a");
  advance(1500ms);
  settle_shards();
  advance(1s);
  auto leaving = start_ask<left>(c.membership, begin_leaving{});
  advance(500ms);
  settle_shards();
  advance(500ms);
  ASSERT_TRUE(leaving->answer);
  EXPECT_TRUE(leaving->answer->complete);
  auto gone = start_ask<left>(c.membership, leave_view{});
  advance(100ms);
  EXPECT_FALSE(gone->pending());
  EXPECT_EQ(members_at("a"), (names{"a"}));
  EXPECT_EQ(count_homes("a", "a"), 12u);
}

TEST_F(cluster_test, leaves_at_once_when_it_is_alone) {
  auto& c = start("c");
  advance(1500ms);
  const auto answer = ask<left>(c.membership, begin_leaving{});
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->complete); // nobody has its rooms now
}

// -- surveys ------------------------------------------------------------------

survey ask_everybody() {
  auto request = std::make_shared<roost::link::NodeRequest>();
  request->mutable_info();
  return {request};
}

TEST_F(cluster_test, asks_every_node) {
  start("c");
  auto& a = start("a");
  start("b");
  advance(1500ms);
  const auto result = ask<survey_result>(a.membership, ask_everybody());
  ASSERT_TRUE(result);
  ASSERT_EQ(result->replies.size(), 3u);
  for (const auto& [node, reply] : result->replies)
    EXPECT_EQ(reply->reached(), 1u) << node;
}

TEST_F(cluster_test, answers_a_survey_in_time_for_nodes_that_do_not) {
  start("c");
  auto& a = start("a");
  auto& b = start("b");
  advance(1500ms);
  b.agent.stop_answering<ask_node>();
  a.agent.stop_answering<ask_node>();
  auto asked = start_ask<survey_result>(a.membership, ask_everybody());
  advance(3900ms);
  EXPECT_TRUE(asked->pending());
  advance(200ms);
  ASSERT_TRUE(asked->answer);
  EXPECT_EQ(asked->answer->replies.at("c")->reached(), 1u);
  EXPECT_EQ(asked->answer->replies.at("b")->error().code(), 100u);
  EXPECT_EQ(asked->answer->replies.at("a")->error().code(), 100u);
}

} // namespace
