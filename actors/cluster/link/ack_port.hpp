#pragma once

#include "actors/lane/lane_actor.hpp"

namespace actors {

/// Takes the acknowledgements that come in for a link and passes them on with
/// high priority: behind the publications that wait at the link they would
/// come too late, and CAF drops message priority between nodes.
class ack_port final : public lane_actor {
public:
  ack_port(caf::actor_config& cfg, caf::actor link);

  const char* name() const override { return "ack_port"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  caf::actor link_;
};

} // namespace actors
