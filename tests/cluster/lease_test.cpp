// Leases of nodes, and what homes report of their copies.
#include "tests/cluster/support/cluster_test.hpp"

#include <gmock/gmock.h>

using namespace actors;
using namespace std::chrono_literals;

namespace {

class lease_test : public test_support::cluster_test {
protected:
  bool has_lease(const std::string& where) {
    return nodes.at(where).has_lease(lane());
  }

  const roost::link::Copies& copies_at(const std::string& where, int shard) {
    view_ = view_at(where).now->view;
    return view_->copies(shard);
  }

  /// The shard at its home says who caught up and who is lost.
  void report(const std::string& where, std::uint32_t shard, std::uint64_t term,
              const std::string& caught_up, const std::string& lost) {
    auto x = std::make_shared<roost::link::CopiesReport>();
    x->set_shard(shard);
    x->set_term(term);
    if (!caught_up.empty())
      x->add_caught_up(caught_up);
    if (!lost.empty())
      x->add_lost(lost);
    tell(nodes.at(where).membership, copies_report{std::move(x)});
  }

  int shard_at(const std::string& node) {
    const auto homes = homes_at(node);
    return static_cast<int>(std::find(homes.begin(), homes.end(), node)
                            - homes.begin());
  }

private:
  std::shared_ptr<const roost::link::View> view_;
};

TEST_F(lease_test, gives_no_lease_before_there_is_a_view) {
  start("c");
  start("a");
  advance(900ms);
  EXPECT_FALSE(has_lease("a"));
  advance(200ms); // not only at the next regular heartbeat
  EXPECT_TRUE(has_lease("a"));
  EXPECT_TRUE(has_lease("c"));
}

TEST_F(lease_test, keeps_leases_while_the_coordinator_answers) {
  start("c");
  start("a");
  advance(1500ms);
  for (int i = 0; i < 100; ++i) {
    advance(100ms);
    ASSERT_TRUE(has_lease("a"));
  }
}

TEST_F(lease_test, ends_a_lease_before_the_node_is_replaced) {
  start("c");
  start("a");
  start("b");
  advance(1500ms);
  network->freeze("a");
  advance(1500ms);
  EXPECT_FALSE(has_lease("a"));
  EXPECT_TRUE(members_at("c").contains("a"));
  advance(900ms);
  EXPECT_FALSE(members_at("c").contains("a"));
}

TEST_F(lease_test, ends_leases_when_the_coordinator_is_away) {
  start("c");
  start("a");
  advance(1500ms);
  kill("c");
  advance(1100ms);
  EXPECT_TRUE(has_lease("a"));
  advance(500ms);
  EXPECT_FALSE(has_lease("a"));
}

TEST_F(lease_test, tells_the_coordinator_of_copies_at_once) {
  replicas = 1;
  start("c");
  start("a");
  advance(1500ms);
  const auto shard = shard_at("a");
  const auto before = copies_at("a", shard);
  ASSERT_EQ(before.learners_size(), 1);
  report("a", static_cast<std::uint32_t>(shard), before.term(), "c", "");
  advance(50ms); // long before the next regular heartbeat
  const auto after = copies_at("a", shard);
  EXPECT_EQ(after.standbys_size(), 1);
  EXPECT_GT(after.term(), before.term());
  // The home loses it again.
  report("a", static_cast<std::uint32_t>(shard), after.term(), "", "c");
  advance(50ms); // long before the next regular heartbeat
  EXPECT_EQ(copies_at("a", shard).standbys_size(), 0);
}

TEST_F(lease_test, repeats_reports_until_a_view_answers_them) {
  replicas = 1;
  start("c");
  start("a");
  advance(1500ms);
  const auto shard = shard_at("a");
  const auto term = copies_at("a", shard).term();
  network->split("a", "c");
  report("a", static_cast<std::uint32_t>(shard), term, "c", "");
  advance(100ms);
  network->heal("a", "c");
  EXPECT_EQ(copies_at("c", shard).standbys_size(), 0);
  advance(1500ms);
  EXPECT_EQ(copies_at("c", shard).standbys_size(), 1);
}

TEST_F(lease_test, forgets_what_a_home_takes_back) {
  replicas = 1;
  start("c");
  start("a");
  advance(1500ms);
  const auto shard = shard_at("a");
  const auto term = copies_at("a", shard).term();
  report("a", static_cast<std::uint32_t>(shard), term, "c", "");
  report("a", static_cast<std::uint32_t>(shard), term, "", "");
  advance(1s);
  EXPECT_EQ(copies_at("a", shard).standbys_size(), 0);
}

} // namespace
