#pragma once

#include "actors/lane/lane_actor.hpp"
#include "actors/messages.hpp"
#include "net/gateway.hpp"

namespace net {

/// Follows the view for what is seen from outside: readiness and metrics.
class view_watch final : public actors::lane_actor {
public:
  /// Wrapped, since CAF copies spawn arguments.
  view_watch(caf::actor_config& cfg, std::reference_wrapper<gateway> node)
      : lane_actor(cfg), node_(node) {}

  const char* name() const override { return "view_watch"; }

  caf::behavior make_behavior() override {
    return {[this](const actors::view_changed& x) {
      const auto& now = *x.now;
      node_.view_number = now.view->number();
      node_.view_nodes = static_cast<std::uint64_t>(now.view->members_size());
      node_.ready = now.is_member(now.self) && !node_.stopping;
    }};
  }

private:
  gateway& node_;
};

} // namespace net
