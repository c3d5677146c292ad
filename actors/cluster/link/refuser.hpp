#pragma once

#include "actors/cluster/hand_over_socket.hpp"
#include "actors/cluster/link/link_messages.hpp"
#include "actors/cluster/peer_socket.hpp"
#include "actors/lane/lane_timer.hpp"
#include "actors/messages.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace actors {

/// Tells a peer that has connected why it may not join (JoinRefused), in the
/// place of a link, and ends the connection.
class refuser final : public lane_actor {
public:
  struct settings {
    std::string node;
    std::string incarnation;
    std::string reason;
    std::chrono::milliseconds timeout{1000};
    std::shared_ptr<hand_over_socket> sockets;
  };

  refuser(caf::actor_config& cfg, settings how,
          std::shared_ptr<peer_socket> socket);

  const char* name() const override { return "refuser"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  void answer(const link_hello& x);

  settings settings_;
  std::shared_ptr<peer_socket> socket_;
  lane_timer timeout_;
};

} // namespace actors
