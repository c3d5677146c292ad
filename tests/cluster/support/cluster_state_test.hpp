#pragma once

#include "actors/cluster/coordinator/cluster_state/cluster_state.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace test_support {

using namespace actors;
using namespace std::chrono_literals;
using roost::link::Heartbeat;
using roost::link::Join;
using roost::link::View;

/// Feeds a cluster_state and keeps the time.
class cluster_state_test : public ::testing::Test {
protected:
  static cluster_rules standard_rules() {
    cluster_rules result;
    result.shards = 12;
    result.failure_timeout = 2000ms;
    result.settle = 1000ms;
    return result;
  }

  explicit cluster_state_test(cluster_rules with = standard_rules())
      : rules(with) {
    state.lead(now);
  }

  /// A coordinator that knows nothing takes the place of the one before.
  void restart() {
    state = cluster_state{rules, now};
    state.lead(now);
  }

  static Join join_of(const std::string& node, const std::string& incarnation,
                      const View& last = {}) {
    Join x;
    x.mutable_member()->set_node(node);
    x.mutable_member()->set_incarnation(incarnation);
    x.mutable_member()->set_address(node + ":7000");
    x.mutable_member()->set_weight(100);
    *x.mutable_last_view() = last;
    x.set_shards(12);
    return x;
  }

  cluster_effects join(const std::string& node,
                       const std::string& incarnation = "1",
                       const View& last = {}) {
    state.link_up(node, incarnation, now);
    alive.insert(node);
    return state.join(join_of(node, incarnation, last), now);
  }

  cluster_effects beat(const std::string& node,
                       std::vector<std::uint32_t> received = {},
                       bool leaving = false) {
    Heartbeat x;
    x.set_view(state.view().number());
    x.set_leaving(leaving);
    for (const auto i : received)
      x.add_received(i);
    return state.heartbeat(node, x, now);
  }

  /// Time passes; everybody who is alive is heard. Returns the last effects
  /// with a new view, or those of the last tick.
  cluster_effects pass(std::chrono::milliseconds by) {
    cluster_effects result;
    for (auto left = by; left > 0ms; left -= 250ms) {
      now += std::min(left, 250ms);
      for (const auto& x : alive)
        beat(x);
      auto effects = state.tick(now);
      if (effects.new_view || !result.new_view)
        result = std::move(effects);
    }
    return result;
  }

  void settle() { pass(1000ms); }

  const View& view() const { return state.view(); }

  std::set<std::string> members() const {
    std::set<std::string> result;
    for (const auto& m : view().members())
      result.insert(m.node());
    return result;
  }

  std::string home(int shard) const {
    const auto i = view().homes(shard);
    return i < 0 ? std::string{} : view().members(i).node();
  }

  std::vector<std::uint32_t> homed_at(const std::string& node) const {
    std::vector<std::uint32_t> result;
    for (int i = 0; i < view().homes_size(); ++i)
      if (home(i) == node)
        result.push_back(static_cast<std::uint32_t>(i));
    return result;
  }

  std::vector<std::uint32_t> given_by(const std::string& donor) const {
    std::vector<std::uint32_t> result;
    for (int i = 0; i < view().donors_size(); ++i)
      if (view().donors(i) == donor)
        result.push_back(static_cast<std::uint32_t>(i));
    return result;
  }

  const cluster_rules rules;
  cluster_state::time_point now{1h};
  cluster_state state{rules, now};
  std::set<std::string> alive;
};

} // namespace test_support
