#include "actors/cluster/link/ack_port.hpp"

#include "actors/cluster/link/link_messages.hpp"

#include <caf/send.hpp>

namespace actors {

ack_port::ack_port(caf::actor_config& cfg, caf::actor link)
    : lane_actor(cfg), link_(std::move(link)) {}

caf::behavior ack_port::make_behavior() {
  return {
      [this](const link_ack& x) {
        caf::anon_send<caf::message_priority::high>(link_, x);
      },
  };
}

void ack_port::on_exit() {
  link_ = nullptr;
}

} // namespace actors
