#pragma once

#include "actors/cluster/coordinator/shard_census.hpp"
#include "actors/lane/lane_actor.hpp"
#include "actors/messages.hpp"
#include "net/gateway.hpp"

#include <algorithm>

namespace net {

/// Follows the view for what is seen from outside: readiness and metrics.
class view_watch final : public actors::lane_actor {
public:
  /// Wrapped, since CAF copies spawn arguments. `replicas`: how many copies
  /// each shard should have.
  view_watch(caf::actor_config& cfg, std::reference_wrapper<gateway> node,
             std::uint32_t replicas)
      : lane_actor(cfg), node_(node), replicas_(replicas) {}

  const char* name() const override { return "view_watch"; }

  caf::behavior make_behavior() override {
    return {[this](const actors::view_changed& x) {
      const auto& now = *x.now;
      node_.view_number = now.view->number();
      node_.view_nodes = static_cast<std::uint64_t>(now.view->members_size());
      const auto census = actors::take_census(*now.view, now.self, replicas_);
      node_.shards_home = census.homes;
      node_.shards_without_home = census.without_home;
      node_.shards_lacking_copies = census.lacking_copies;
      node_.drained = is_drained(now);
      node_.ready = now.is_member(now.self) && !node_.stopping;
    }};
  }

private:
  /// A drained node that is the last for clients serves on, as it gets its
  /// shards back.
  static bool is_drained(const actors::cluster_view& now) {
    const auto view = now.read();
    return view.is_drained(now.self)
           && std::ranges::any_of(now.view->members(), [&](const auto& x) {
                return x.weight() > 0 && !x.leaving()
                       && !view.is_drained(x.node());
              });
  }

  gateway& node_;
  std::uint32_t replicas_;
};

} // namespace net
