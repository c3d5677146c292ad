#pragma once

#include "actors/client/connection/connection.hpp"
#include "net/session/session_owner.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>

namespace net {

/// Serves a session with a connection actor. Each call holds the actor, which
/// may end in it, and this with it.
class connection_owner final : public session_owner {
public:
  explicit connection_owner(const caf::actor& handle)
      : life_(caf::actor_cast<caf::strong_actor_ptr>(handle)),
        connection_(actors::self_of<actors::connection>(handle)) {}

  void on_message(std::string_view bytes, message_kind) override {
    const auto hold = life_;
    connection_->on_message(bytes);
  }

  void on_drained() override {
    const auto hold = life_;
    connection_->on_drained();
  }

  void on_fault(std::uint32_t code, std::string_view why) override {
    const auto hold = life_;
    connection_->disconnect_when_answered(code, why);
  }

  void disconnect(proto::disconnect_code code) override {
    const auto hold = life_;
    connection_->disconnect(static_cast<std::uint32_t>(code),
                            proto::reason(code));
  }

  void on_closed(std::string_view why) override {
    const auto hold = life_;
    connection_->on_closed(why);
  }

private:
  caf::strong_actor_ptr life_;
  actors::connection* connection_;
};

} // namespace net
