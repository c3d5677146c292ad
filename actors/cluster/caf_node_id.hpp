#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <chrono>

namespace actors {

/// Gives the actor system a node id that is random for each start. CAF makes
/// its own from MAC addresses and the process id, which repeat in containers;
/// two nodes with one id take each other's messages for their own.
class caf_node_id final : public caf::actor_system::module {
public:
  explicit caf_node_id(caf::actor_system& system) : system_(system) {}

  void start() override {}
  void stop() override {}
  void init(caf::actor_system_config&) override;

  /// A slot that CAF leaves free and that comes after the middleman's, which
  /// must not see the id change.
  id_t id() const override { return network_manager; }
  void* subtype_ptr() override { return this; }

  static caf::actor_system::module* make(caf::actor_system& system,
                                         caf::detail::type_list<>) {
    return new caf_node_id(system); // the actor system owns its modules
  }

private:
  caf::actor_system& system_;
};

/// How CAF is set up on a node. Call before the actor system is made.
/// `clustered`: loads what links need. CAF's own heartbeats are only a
/// backstop: links watch their peers themselves.
void configure(caf::actor_system_config& cfg, bool clustered,
               std::chrono::milliseconds failure_timeout);

} // namespace actors
