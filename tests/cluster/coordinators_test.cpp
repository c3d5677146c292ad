// Several coordinators: who decides when some of them die or hear nobody.
#include "actors/raft/raft_storage.hpp"
#include "tests/cluster/support/cluster_test.hpp"

#include <gmock/gmock.h>

using namespace actors;
using namespace std::chrono_literals;

namespace {

using names = std::set<std::string>;

class coordinators_test : public test_support::cluster_test {
protected:
  coordinators_test() { coordinators = {"c1", "c2", "c3"}; }

  void TearDown() override {
    check_views();
    cluster_test::TearDown();
  }

  void start_all() {
    for (const auto* x : {"c1", "c2", "c3", "a", "b"})
      start(x);
    advance(3s);
    settle_shards();
    advance(1s);
    ASSERT_EQ(members_at("a"), (names{"a", "b", "c1", "c2", "c3"}));
  }

  /// Of the living coordinators that take themselves for the leader, the one
  /// with the newest term; empty for none.
  std::string leader() const {
    std::string result;
    std::uint64_t term = 0;
    for (const auto& [where, x] : nodes)
      if (const auto log = x.log.lock();
          log && log->leads() && log->term() > term) {
        result = where;
        term = log->term();
      }
    return result;
  }

  names followers() const {
    names result = coordinators;
    result.erase(leader());
    return result;
  }

  /// Nobody ever hears of two views with the same number.
  void check_views() {
    for (auto& [where, x] : nodes)
      for (const auto& seen : x.listener.take<view_changed>()) {
        const auto& view = *seen.now->view;
        const auto bytes = view.SerializeAsString();
        const auto [at, is_new] = views_.try_emplace(view.number(), bytes);
        EXPECT_TRUE(is_new || at->second == bytes)
            << where << " has another view " << view.number();
      }
  }

  /// Orders that `node` be drained; what `at` answers, if it does by now.
  std::shared_ptr<roost::link::NodeReply>
  order(const std::string& at, const std::string& node, bool undo = false) {
    auto request = std::make_shared<roost::link::NodeRequest>();
    request->mutable_drain()->set_node(node);
    request->mutable_drain()->set_undo(undo);
    last_order = start_ask<node_answer>(nodes.at(at).membership,
                                        ask_node{std::move(request)});
    run();
    for (int i = 0; i < 20 && !last_order->answer; ++i)
      advance(10ms);
    return last_order->answer ? last_order->answer->reply : nullptr;
  }

  std::vector<std::string> drained_at(const std::string& where) {
    const auto view = view_at(where).now->view;
    return {view->drained().begin(), view->drained().end()};
  }

  std::shared_ptr<test_support::asked<node_answer>> last_order;

  void kill(const std::string& where) {
    check_views();
    cluster_test::kill(where);
  }

private:
  std::map<std::uint64_t, std::string> views_;
};

class lasting_coordinators_test : public coordinators_test {
protected:
  lasting_coordinators_test() { folder.emplace(); }
};

TEST_F(coordinators_test, agree_on_one_view) {
  start_all();
  EXPECT_NE(leader(), "");
  for (const auto* x : {"a", "b", "c1", "c2", "c3"}) {
    EXPECT_EQ(number_at(x), number_at("a"));
    EXPECT_EQ(homes_at(x), homes_at("a"));
    EXPECT_TRUE(nodes.at(x).has_lease(lane())) << x;
  }
}

TEST_F(coordinators_test, say_which_of_them_leads) {
  start_all();
  const auto first = leader();
  const auto leads = [this](const std::string& where) {
    return nodes.at(where).standing->leads.load();
  };
  for (const auto& x : coordinators) {
    EXPECT_EQ(leads(x), x == first);
    EXPECT_GT(nodes.at(x).standing->term, 0u);
  }
  EXPECT_FALSE(leads("a"));
  const auto standing = nodes.at(first).standing;
  kill(first);
  EXPECT_FALSE(standing->leads);
  advance(3s);
  ASSERT_NE(leader(), "");
  EXPECT_TRUE(leads(leader()));
}

TEST_F(coordinators_test, pass_commands_on_to_the_one_that_leads) {
  start_all();
  const auto others = followers();
  const auto first = order(*others.begin(), "a");
  ASSERT_TRUE(first);
  ASSERT_TRUE(first->has_decided());
  EXPECT_EQ(first->decided().view(), number_at("b"));
  EXPECT_THAT(drained_at("b"), testing::ElementsAre("a"));
  const auto again = order(leader(), "a");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->decided().view(), first->decided().view());
  const auto undone = order(*others.rbegin(), "a", true);
  ASSERT_TRUE(undone);
  EXPECT_TRUE(undone->has_decided());
  EXPECT_THAT(drained_at("b"), testing::IsEmpty());
}

TEST_F(coordinators_test, say_what_is_wrong_with_a_command) {
  start_all();
  for (const auto& x : coordinators) {
    const auto answer = order(x, "nobody");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->error().message(),
              "there is no node nobody; there are a, b, c1, c2, c3");
  }
  EXPECT_EQ(order("a", "b")->error().message(), "a is not a coordinator");
}

TEST_F(lasting_coordinators_test, refuse_commands_without_a_majority) {
  start_all();
  const auto old = leader();
  for (const auto& x : followers())
    kill(x);
  const auto answer = order(old, "a"); // it still takes itself for the leader
  advance(2s);
  EXPECT_FALSE(answer);
  ASSERT_TRUE(last_order->answer);
  EXPECT_TRUE(last_order->answer->reply->has_error());
  const auto next = order(old, "a");
  ASSERT_TRUE(next);
  EXPECT_EQ(next->error().message(),
            "no coordinator leads just now; try again in a moment");
}

TEST_F(lasting_coordinators_test, keep_what_was_ordered_when_all_start_again) {
  start_all();
  ASSERT_TRUE(order(leader(), "a")->has_decided());
  const auto number = number_at("a");
  for (const auto* x : {"c1", "c2", "c3", "a", "b"})
    kill(x);
  for (const auto* x : {"c1", "c2", "c3", "a", "b"})
    start(x, "2");
  advance(2s);
  EXPECT_GT(number_at("b"), number);
  EXPECT_THAT(drained_at("b"), testing::ElementsAre("a"));
  EXPECT_EQ(count_homes("b", "a"), 0u);
}

TEST_F(coordinators_test, wait_for_a_majority) {
  start("c1");
  start("a");
  advance(5s);
  EXPECT_EQ(number_at("a"), 0u);
  start("c3");
  advance(3s);
  EXPECT_EQ(members_at("a"), (names{"a", "c1", "c3"}));
}

TEST_F(lasting_coordinators_test, decide_within_two_seconds_of_their_leader) {
  start_all();
  const auto number = number_at("a");
  kill(leader());
  start("d");
  advance(2s);
  EXPECT_NE(leader(), "");
  EXPECT_GT(number_at("a"), number);
  EXPECT_TRUE(members_at("a").contains("d"));
}

TEST_F(coordinators_test, go_on_without_their_leader_and_without_files) {
  start_all();
  const auto number = number_at("a");
  const auto homes = homes_at("a");
  kill(leader());
  advance(2200ms); // an election and `settle`
  EXPECT_GT(number_at("a"), number);
  EXPECT_EQ(homes_at("a"), homes);
  start("d");
  advance(500ms);
  EXPECT_TRUE(members_at("a").contains("d"));
}

TEST_F(lasting_coordinators_test, bury_nobody_but_the_leader_that_died) {
  start_all();
  const auto old = leader();
  const auto members = members_at("a");
  kill(old);
  for (int i = 0; i < 20; ++i) {
    advance(100ms);
    ASSERT_EQ(members_at("a"), members);
  }
  advance(2s);
  auto left = members;
  left.erase(old);
  EXPECT_EQ(members_at("a"), left);
  EXPECT_TRUE(nodes.at("a").has_lease(lane()));
}

TEST_F(lasting_coordinators_test, hear_nothing_from_a_leader_that_is_cut_off) {
  start_all();
  const auto old = leader();
  const auto number = number_at(old);
  network->freeze(old);
  start("d");
  advance(5s);
  EXPECT_EQ(number_at(old), number);
  EXPECT_GT(number_at("a"), number);
  EXPECT_EQ(members_at("a").count(old), 0u);
  network->thaw(old);
  advance(3s);
  EXPECT_TRUE(members_at("a").contains(old));
  EXPECT_EQ(number_at(old), number_at("a"));
}

TEST_F(lasting_coordinators_test, make_no_view_without_the_others) {
  start_all();
  const auto old = leader();
  for (const auto& x : followers())
    network->split(old, x);
  // It still hears all the other nodes, and they hear it.
  start("d");
  advance(3s);
  EXPECT_NE(leader(), old);
  EXPECT_TRUE(members_at("a").contains("d"));
  EXPECT_TRUE(nodes.at("a").has_lease(lane()));
}

TEST_F(lasting_coordinators_test, decide_nothing_without_a_majority) {
  start_all();
  const auto number = number_at("a");
  const auto dead = *followers().begin();
  kill(leader());
  kill(dead);
  start("d");
  advance(10s);
  EXPECT_EQ(number_at("a"), number);
  EXPECT_EQ(number_at("d"), 0u);
  EXPECT_FALSE(nodes.at("a").has_lease(lane()));
  start(dead, "2");
  advance(3s);
  EXPECT_TRUE(members_at("a").contains("d"));
}

TEST_F(lasting_coordinators_test, keep_their_numbers_when_all_start_again) {
  start_all();
  const auto number = number_at("a");
  const auto homes = homes_at("a");
  for (const auto* x : {"c1", "c2", "c3", "a", "b"})
    kill(x); // no node remembers anything
  for (const auto* x : {"c1", "c2", "c3"})
    start(x, "2");
  advance(1500ms);
  EXPECT_GT(number_at("c1"), number);
  start("a", "2");
  start("b", "2");
  advance(1s);
  EXPECT_EQ(homes_at("a"), homes);
}

TEST_F(lasting_coordinators_test, need_no_time_to_settle_after_a_restart) {
  coordinators = {"c"};
  start("c");
  start("a");
  advance(1500ms);
  settle_shards();
  advance(1s);
  const auto number = number_at("a");
  kill("c");
  start("c", "2");
  advance(300ms); // the node dials it again
  EXPECT_GT(number_at("a"), number);
  EXPECT_EQ(members_at("a"), (names{"a", "c"}));
}

TEST_F(lasting_coordinators_test, do_not_use_the_file_of_others) {
  start("c1");
  kill("c1");
  coordinators = {"c1", "c2", "c4"};
  EXPECT_THROW(start("c1"), storage_error);
}

TEST_F(lasting_coordinators_test, do_not_use_a_file_with_other_shards) {
  coordinators = {"c"};
  start("c");
  advance(1500ms);
  kill("c");
  EXPECT_THROW(start("c", "2", "c", 16), storage_error);
}

} // namespace
