#pragma once

#include "actors/cluster/link/link_metrics.hpp"
#include "actors/lane/coordinator_standing.hpp"
#include "net/gateway.hpp"
#include "net/peer/peer_metrics.hpp"

#include <string>

namespace net {

/// What /metrics shows beside the lanes' counters.
struct metrics_sources {
  const gateway* node = nullptr;
  /// Null on a node that is no coordinator.
  const actors::coordinator_standing* coordinator = nullptr;
  const actors::link_registry* links = nullptr; ///< Null when not clustered.
  const peer::peer_metrics* peers = nullptr;    ///< Null when not clustered.
};

/// Every number of a node in Prometheus' text format: names of Centrifugo
/// where a number means the same, so that its dashboards work, and roost_ for
/// what is ours. Any thread.
std::string render_metrics(const metrics_sources& sources);

} // namespace net
