#pragma once

#include "actors/cluster/link/link_messages.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

namespace test_support {

/// An actor system on CAF's deterministic scheduler: its actors run only when
/// somebody says so.
class test_system {
public:
  test_system() {
    // A test that leaves an actor behind fails; it must not hang.
    system_.await_actors_before_shutdown(false);
  }

  caf::actor_system& get() { return system_; }

  caf::scheduler::test_coordinator& scheduler() {
    return static_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  }

  /// Runs what is ready; whether there was anything.
  bool run() {
    bool any = false;
    while (scheduler().try_run_once())
      any = true;
    return any;
  }

private:
  struct config : caf::actor_system_config {
    config() {
      actors::add_message_types(*this);
      set("scheduler.policy", caf::atom("testing"));
      set("logger.file-verbosity", caf::atom("quiet"));
    }
  };

  config config_;
  caf::actor_system system_{config_};
};

} // namespace test_support
