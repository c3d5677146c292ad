#pragma once

#include "actors/client/client_services.hpp"
#include "actors/client/cluster_questions.hpp"
#include "actors/client/commands_under_way.hpp"
#include "actors/lane/lane_actor.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace actors {

inline roost::link::Polled make_polled(roost::link::Polled::Outcome outcome) {
  roost::link::Polled out;
  out.set_outcome(outcome);
  return out;
}

using on_polled = std::function<void(roost::link::Polled)>;

/// A client that has no socket of its own: what it sends and gets, it asks for
/// request by request. On one lane.
class polled_client {
public:
  virtual ~polled_client() = default;

  /// Calls `done` once: at once, or within `wait_ms`, or when the session ends.
  virtual void ask(const roost::link::Poll& what, on_polled done) = 0;
};

/// The sessions of long polling on one lane, and the way to those of other
/// lanes and nodes: balancers bring a request to any of them. Plain calls on
/// its lane; answers `ask_node` for its sessions.
class polling final : public lane_actor {
public:
  /// `services` outlives the actor.
  polling(caf::actor_config& cfg, const client_services& services);

  /// Names a session that begins: a secret, which says its lane, too.
  std::string enter(std::shared_ptr<polled_client> session);
  void leave(const std::string& name);

  /// Asks a session, on whatever node; `done` is called once, maybe before this
  /// returns. A question to another node is asked in parts, since none may stay
  /// open there for long.
  void ask(const std::string& node, roost::link::Poll what, on_polled done);

  const char* name() const override { return "polling"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  struct relayed;

  void ask_here(const roost::link::Poll& what, on_polled done);
  void relay(const std::shared_ptr<relayed>& question);

  const client_services& services_;
  cluster_questions questions_;
  std::unordered_map<std::string, std::shared_ptr<polled_client>> sessions_;
  commands_under_way under_way_;
};

/// Who of `lanes` has the session; null for a name that none has given.
caf::actor polling_of(std::string_view session,
                      const std::vector<caf::actor>& lanes);

/// What is said where there is no such session.
roost::link::NodeReply no_such_session();

struct polling_ref {
  polling* self = nullptr;
};

} // namespace actors
