#pragma once

#include "tests/cluster/support/cluster_state_test.hpp"

#include <algorithm>

namespace test_support {

/// cluster_state with copies of shards, and homes that do their part.
class copies_test : public cluster_state_test {
protected:
  using names = std::set<std::string>;

  static cluster_rules with_copies(std::uint32_t replicas = 1) {
    auto result = standard_rules();
    result.replicas = replicas;
    return result;
  }

  explicit copies_test(cluster_rules with = with_copies())
      : cluster_state_test(with) {}

  const roost::link::Copies& copies(int shard) const {
    return view().copies(shard);
  }

  names standbys(int shard) const { return named(copies(shard).standbys()); }
  names learners(int shard) const { return named(copies(shard).learners()); }

  /// `node` says of one shard that these caught up, and these are lost.
  cluster_effects report(const std::string& node, int shard,
                         const names& caught_up, const names& lost = {}) {
    Heartbeat x;
    x.set_view(view().number());
    auto& about = *x.add_copies();
    about.set_shard(static_cast<std::uint32_t>(shard));
    about.set_term(copies(shard).term());
    for (const auto& name : caught_up)
      about.add_caught_up(name);
    for (const auto& name : lost)
      about.add_lost(name);
    return state.heartbeat(node, x, now);
  }

  /// Every living home reports its living learners and has its rooms.
  void catch_up() {
    const View before = view();
    for (const auto& node : alive) {
      Heartbeat x;
      x.set_view(view().number());
      for (int i = 0; i < before.homes_size(); ++i) {
        if (home(i) != node)
          continue;
        x.add_received(static_cast<std::uint32_t>(i));
        auto& about = *x.add_copies();
        about.set_shard(static_cast<std::uint32_t>(i));
        about.set_term(copies(i).term());
        for (const auto& name : learners(i))
          if (alive.contains(name))
            about.add_caught_up(name);
      }
      state.heartbeat(node, x, now);
    }
  }

  /// Until no shard is on its way any more. How many steps that took.
  int calm_down() {
    for (int steps = 0; steps < 100; ++steps) {
      const auto number = view().number();
      catch_up();
      pass(250ms);
      if (view().number() == number)
        return steps;
    }
    ADD_FAILURE() << "shards keep moving";
    return 100;
  }

  /// A calm cluster of these.
  void start(const names& nodes) {
    for (const auto& x : nodes)
      join(x);
    settle();
    calm_down();
  }

  std::size_t copies_at(const std::string& node) const {
    std::size_t result = 0;
    for (int i = 0; i < view().homes_size(); ++i)
      result += standbys(i).count(node) + learners(i).count(node);
    return result;
  }

  std::size_t learner_count() const {
    std::size_t result = 0;
    for (const auto& x : view().copies())
      result += static_cast<std::size_t>(x.learners_size());
    return result;
  }

  void kill(const std::string& node) {
    alive.erase(node);
    state.link_down(node, now);
  }

private:
  template <class Positions>
  names named(const Positions& members) const {
    names result;
    for (const auto i : members)
      result.insert(view().members(i).node());
    return result;
  }
};

} // namespace test_support
