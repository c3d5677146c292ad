#pragma once

#include "actors/client/client_services.hpp"
#include "actors/client/cluster_questions.hpp"
#include "actors/client/commands_under_way.hpp"
#include "actors/lane/lane_actor.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace actors {

/// Brings commands to the connection of a session, on whatever node it is: for
/// clients that read one socket and send on others. One for each lane; plain
/// calls on it.
class emulation final : public lane_actor {
public:
  enum class outcome : std::uint8_t {
    taken,
    unknown,  ///< There is no such node, or no such session there.
    too_many, ///< More are under way than may be.
    failed,   ///< Nobody knows: the other node does not answer.
  };

  using on_done = std::function<void(outcome)>;

  /// `services` outlives the actor.
  emulation(caf::actor_config& cfg, const client_services& services);

  /// Calls `done` once, maybe before it returns. What is taken for one session
  /// on one lane keeps its order.
  void send(const std::string& node, std::string session, std::string commands,
            on_done done);

  const char* name() const override { return "emulation"; }
  caf::behavior make_behavior() override {
    return {[](int) {
    }};
  }

private:
  const std::string& node_;
  cluster_questions questions_;
  commands_under_way under_way_;
};

struct emulation_ref {
  emulation* self = nullptr;
};

} // namespace actors
