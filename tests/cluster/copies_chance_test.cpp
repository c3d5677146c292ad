// Whatever happens to nodes, the promises of cluster_state about copies hold.
#include "actors/cluster/view_check.hpp"
#include "tests/cluster/support/copies_test.hpp"

#include <map>
#include <random>

using namespace actors;
using namespace std::chrono_literals;
using roost::link::Heartbeat;
using roost::link::View;
using test_support::copies_test;

namespace {

/// Where a shard is and who has copies, as processes: a restarted node is
/// another one.
struct placed {
  std::string home;
  std::string donor;
  std::set<std::string> standbys, learners;
  std::uint64_t term = 0;

  bool same_place(const placed& x) const {
    return home == x.home && standbys == x.standbys && learners == x.learners;
  }
};

class copies_chance_test : public copies_test,
                           public ::testing::WithParamInterface<unsigned> {
protected:
  static cluster_rules rules_of(unsigned seed) {
    auto result = with_copies(1 + seed % 2);
    result.unclean_takeover = seed % 3 != 0;
    result.concurrent_moves = 4;
    return result;
  }

  copies_chance_test() : copies_test(rules_of(GetParam())) {}

  static std::string process(const View& view, int member) {
    if (member < 0)
      return {};
    const auto& m = view.members(member);
    return m.node() + "/" + m.incarnation();
  }

  static placed place_of(const View& view, int shard) {
    placed result;
    const auto& copies = view.copies(shard);
    result.home = process(view, view.homes(shard));
    result.donor = view.donors(shard);
    for (const auto i : copies.standbys())
      result.standbys.insert(process(view, i));
    for (const auto i : copies.learners())
      result.learners.insert(process(view, i));
    result.term = copies.term();
    return result;
  }

  /// Whether somebody could still take `process` for the home: it hears
  /// answers to heartbeats that say so.
  bool lease_may_hold(const std::string& process) const {
    const auto i = leases.find(process);
    return i != leases.end() && now < i->second;
  }

  void beat_of(const std::string& node, Heartbeat x = {}) {
    x.set_view(view().number());
    const auto it = node + "/" + incarnations[node];
    // At the worst the heartbeat was sent just now.
    if (state.heartbeat(node, x, now).lease)
      leases[it] = now + rules.lease();
  }

  void check_step(const View& before) {
    const auto& after = view();
    ASSERT_GE(after.number(), before.number());
    if (after.number() == before.number() || before.number() == 0)
      return;
    ASSERT_EQ(what_is_wrong(after, 12), "");
    std::size_t learning = 0;
    for (int i = 0; i < 12; ++i) {
      const auto old = place_of(before, i);
      const auto is = place_of(after, i);
      learning += is.learners.size();
      ASSERT_EQ(is.term == old.term, is.same_place(old)) << i;
      // A standby was one already, was a learner, or was the home.
      for (const auto& x : is.standbys)
        ASSERT_TRUE(old.standbys.contains(x) || old.learners.contains(x)
                    || old.home == x)
            << x;
      if (is.home == old.home || old.home.empty() || is.home.empty())
        continue;
      // It moves to who has everything, or starts again where all is lost.
      const auto [node, incarnation] = split(old.home);
      const bool is_gone = !lives(node, incarnation);
      ASSERT_TRUE(old.standbys.contains(is.home)
                  || old.learners.contains(is.home) || is_gone)
          << old.home << " -> " << is.home;
      ASSERT_TRUE(!is.donor.empty() || is_gone || !lease_may_hold(old.home))
          << old.home;
    }
    ASSERT_LE(learning, 4u);
  }

  static std::pair<std::string, std::string> split(const std::string& x) {
    const auto at = x.find('/');
    return {x.substr(0, at), x.substr(at + 1)};
  }

  bool lives(const std::string& node, const std::string& incarnation) {
    return incarnations[node] == incarnation && !gone.contains(node);
  }

  std::map<std::string, std::string> incarnations;
  std::map<std::string, cluster_state::time_point> leases;
  std::set<std::string> gone; ///< Processes that have ended.
};

TEST_P(copies_chance_test, keeps_its_promises) {
  std::minstd_rand chance{GetParam() + 1};
  const std::vector<std::string> nodes{"a", "b", "c", "d", "e"};
  settle();
  for (int step = 0; step < 1500; ++step) {
    const View before = view();
    const auto& node = nodes[chance() % nodes.size()];
    switch (chance() % 8) {
    case 0: // starts, or is started again
      state.link_down(node, now);
      if (gone.contains(node) || chance() % 4 == 0
          || incarnations[node].empty())
        incarnations[node] = std::to_string(step);
      gone.erase(node);
      join(node, incarnations[node], chance() % 2 ? view() : View{});
      break;
    case 1: // killed
      if (chance() % 3 == 0 && !incarnations[node].empty()) {
        kill(node);
        gone.insert(node);
      }
      break;
    case 2: // cut off
      alive.erase(node);
      break;
    case 3: { // says anything about copies
      Heartbeat x;
      for (int i = 0; i < view().homes_size(); ++i) {
        if (home(i) != node || chance() % 3 == 0)
          continue;
        auto& about = *x.add_copies();
        about.set_shard(static_cast<std::uint32_t>(i));
        about.set_term(copies(i).term() - chance() % 2);
        for (const auto& name : nodes)
          (chance() % 4 == 0 ? *about.add_lost() : *about.add_caught_up()) =
              name;
      }
      if (alive.contains(node))
        beat_of(node, x);
      break;
    }
    case 4:
      if (alive.contains(node)) {
        Heartbeat x;
        for (const auto i : homed_at(node))
          x.add_received(i);
        x.set_leaving(chance() % 8 == 0);
        beat_of(node, x);
      }
      break;
    case 5:
      if (chance() % 4 == 0) {
        state.leave(node, now);
        alive.erase(node);
        gone.insert(node);
      }
      break;
    default:
      now += std::chrono::milliseconds{chance() % 250};
      for (const auto& x : alive)
        beat_of(x);
      state.tick(now);
    }
    ASSERT_NO_FATAL_FAILURE(check_step(before)) << "step " << step;
  }
  // With all of them alive, every shard gets its copies in few steps.
  for (const auto& node : nodes) {
    state.link_down(node, now);
    join(node, incarnations[node] = "last");
  }
  pass(10s);
  EXPECT_LT(calm_down(), 40);
  for (int i = 0; i < 12; ++i) {
    EXPECT_NE(home(i), "");
    EXPECT_EQ(standbys(i).size(), rules.replicas);
    EXPECT_TRUE(learners(i).empty());
    EXPECT_EQ(view().donors(i), "");
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, copies_chance_test, ::testing::Range(0U, 30U));

} // namespace
