#include "actors/cluster/link/refuser.hpp"

#include "actors/cluster/link/link_stream.hpp"

#include <caf/send.hpp>

namespace actors {

refuser::refuser(caf::actor_config& cfg, settings how,
                 std::shared_ptr<peer_socket> socket)
    : lane_actor(cfg), settings_(std::move(how)), socket_(std::move(socket)),
      timeout_(*this, [this] { quit(); }) {}

caf::behavior refuser::make_behavior() {
  timeout_.expires_after(settings_.timeout);
  settings_.sockets->accept(socket_->take_fd(), caf::actor{this});
  return {
      [this](const link_hello& x) { answer(x); },
      // The peer has read why.
      [this](const link_ack&) { quit(); },
      [this](const link_batch& x) {
        if (x.acked > 0)
          quit();
      },
  };
}

void refuser::answer(const link_hello& x) {
  roost::link::LinkFrame frame;
  frame.mutable_join_refused()->set_reason(settings_.reason);
  outgoing_stream stream;
  stream.append(frame);
  const caf::actor self{this};
  caf::anon_send(x.batches, link_welcome{x.epoch, settings_.node,
                                         settings_.incarnation, self, self});
  caf::anon_send(x.batches, link_batch{x.epoch, 0, stream.take_batch()});
}

void refuser::on_exit() {
  timeout_.cancel();
  socket_->cut();
}

} // namespace actors
