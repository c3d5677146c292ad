// The part of link that makes, watches and ends its connection.
#include "actors/cluster/link/link.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace actors {

using namespace std::chrono_literals;

std::chrono::milliseconds link::tick_interval() const {
  return std::max(settings_->failure_timeout / 8, 1ms);
}

std::chrono::milliseconds link::handshake_timeout() const {
  return std::max(settings_->failure_timeout / 2, 500ms);
}

// -- coming up ----------------------------------------------------------------

bool link::holds_on_to_connection(const peer_identity& rival) const {
  const auto now = home_lane().now();
  if (phase_ == phase::up)
    return now - heard_ <= settings_->failure_timeout / 2;
  return phase_ == phase::connecting
         && socket_->peer().incarnation == rival.incarnation
         && now - started_ <= handshake_timeout();
}

void link::use(const std::shared_ptr<peer_socket>& socket) {
  if (holds_on_to_connection(socket->peer())) {
    spdlog::debug("link to {} refuses a second connection", peer_);
    socket->drop();
    return;
  }
  go_down("a new connection takes its place");
  phase_ = phase::connecting;
  socket_ = socket;
  started_ = ticked_ = home_lane().now();
  ticker_.expires_after(tick_interval());
  const auto attempt = ++attempt_;
  if (!socket_->dialled())
    settings_->sockets->accept(socket_->take_fd(), caf::actor{this});
  else
    settings_->sockets->dial(
        socket_->take_fd(), *this, handshake_timeout(),
        [this, attempt](caf::expected<caf::actor> peer_link) {
          if (attempt == attempt_ && phase_ == phase::connecting)
            greet(std::move(peer_link));
        });
}

void link::greet(caf::expected<caf::actor> peer_link) {
  if (!peer_link)
    return go_down("no greeting from the peer: "
                   + system().render(peer_link.error()));
  caf::anon_send(*peer_link,
                 link_hello{epoch_ + 1, settings_->node, settings_->incarnation,
                            caf::actor{this}, ack_port_});
}

bool link::from_peer(const std::string& node,
                     const std::string& incarnation) const {
  return phase_ == phase::connecting && node == peer_
         && incarnation == socket_->peer().incarnation;
}

void link::on_hello(const link_hello& x) {
  if (!from_peer(x.node, x.incarnation) || socket_->dialled() || !x.batches
      || !x.acks)
    return;
  // Above every epoch that either side has used with the other.
  const auto epoch = std::max(x.epoch, epoch_ + 1);
  caf::anon_send(x.batches,
                 link_welcome{epoch, settings_->node, settings_->incarnation,
                              caf::actor{this}, ack_port_});
  come_up(epoch, x.batches, x.acks);
}

void link::on_welcome(const link_welcome& x) {
  if (!from_peer(x.node, x.incarnation) || !socket_->dialled() || !x.batches
      || !x.acks || x.epoch <= epoch_)
    return;
  come_up(x.epoch, x.batches, x.acks);
}

void link::come_up(std::uint64_t epoch, const caf::actor& batches,
                   const caf::actor& acks) {
  phase_ = phase::up;
  epoch_ = epoch;
  next_seq_ = acked_ = expected_ = acknowledged_ = 0;
  peer_batches_ = batches;
  peer_acks_ = acks;
  monitor(peer_batches_);
  heard_ = acked_at_ = home_lane().now();
  ping_next_ = true;
  metrics_->up.add();
  metrics_->connections.add();
  spdlog::info("link to {} ({} at {}) is up", peer_,
               socket_->peer().incarnation, socket_->peer().address);
  send(settings_->membership,
       link_state{peer_, socket_->peer().incarnation, true, {}});
  tell_audiences_to_resynchronise();
}

// -- going down ---------------------------------------------------------------

void link::go_down(const std::string& why) {
  if (phase_ == phase::down)
    return;
  const bool was_up = phase_ == phase::up;
  const auto incarnation = socket_->peer().incarnation;
  phase_ = phase::down;
  ++attempt_;
  ticker_.cancel();
  if (was_up) {
    demonitor(peer_batches_.address());
    metrics_->up.sub();
    metrics_->failures.add();
    spdlog::warn("link to {} is down: {}", peer_, why);
  } else {
    spdlog::info("link to {} did not come up: {}", peer_, why);
  }
  socket_->cut();
  socket_.reset();
  peer_batches_ = nullptr;
  peer_acks_ = nullptr;
  metrics_->queued_bytes.sub(metrics_->queued_bytes.value());
  outgoing_.clear();
  incoming_ = {};
  gaps_.clear();
  metrics_->requests_under_way.sub(static_cast<std::int64_t>(requests_.size()));
  requests_.fail_all(peer_ + " can't be reached: " + why);
  expiry_.cancel();
  send(settings_->membership, link_state{peer_, incarnation, false, why});
}

// -- watching -----------------------------------------------------------------

void link::tick() {
  const auto now = home_lane().now();
  // After a pause of our own, what the peer sent meanwhile is yet to be read.
  if (now - ticked_ > tick_interval() + settings_->failure_timeout / 2)
    heard_ = now;
  ticked_ = now;
  if (phase_ == phase::connecting && now - started_ > handshake_timeout())
    return go_down("the handshake took too long");
  if (phase_ == phase::up) {
    const auto silence = now - heard_;
    if (silence > settings_->failure_timeout)
      return go_down(
          "nothing heard for "
          + std::to_string(
              std::chrono::duration_cast<std::chrono::milliseconds>(silence)
                  .count())
          + " ms");
    acknowledge();
    if (std::exchange(ping_next_, !ping_next_)) {
      roost::link::LinkFrame frame;
      frame.mutable_ping()->set_sent_ns(
          lane::clock::now().time_since_epoch().count());
      send_frame(frame);
      if (phase_ != phase::up) // that was one too many
        return;
    }
  }
  ticker_.expires_after(tick_interval());
}

} // namespace actors
