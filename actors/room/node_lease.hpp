#pragma once

#include <atomic>
#include <chrono>

namespace actors {

/// Until when nobody takes this node's place: what a home without standbys
/// needs before it acknowledges anything. One for each node; membership extends
/// it, shards of all lanes ask.
class node_lease {
public:
  using time_point = std::chrono::steady_clock::time_point;

  bool holds(time_point now) const { return now < until(); }

  time_point until() const { return until_.load(); }

  /// Never shortens it.
  void extend(time_point until) {
    if (until > until_.load())
      until_.store(until);
  }

  /// For a node that is a whole cluster by itself.
  void extend_for_ever() { until_.store(time_point::max()); }

private:
  std::atomic<time_point> until_{time_point::min()};
};

} // namespace actors
