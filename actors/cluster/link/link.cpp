#include "actors/cluster/link/link.hpp"

#include "actors/cluster/link/ack_port.hpp"

#include <algorithm>

namespace actors {

using roost::link::LinkFrame;

link::link(caf::actor_config& cfg,
           std::shared_ptr<const link_settings> settings, std::string peer)
    : lane_actor(cfg), settings_(std::move(settings)), peer_(std::move(peer)),
      metrics_(settings_->registry->add(peer_)),
      ticker_(*this, [this] { tick(); }),
      outgoing_(std::min(max_link_frame, 2 * settings_->queue_bytes)),
      expiry_(*this, [this] { expire_requests(); }), flush_task_(*this) {
  set_down_handler([this](const caf::down_msg& x) {
    if (peer_batches_ && x.source == peer_batches_.address())
      go_down("the peer or the connection is gone");
  });
}

link::~link() = default;

caf::behavior link::make_behavior() {
  ack_port_ = spawn_on<ack_port>(home_lane(), caf::actor{this});
  return {
      [this](const ask_room& x) {
        return ask<room_answer>(LinkFrame::kRoomRequestFieldNumber, *x.request);
      },
      [this](const deliver_remote& x) { deliver(x); },
      [this](const link_batch& x) { on_batch(x); },
      [this](const link_ack& x) { on_ack(x); },
      [this](const ask_shard& x) {
        return ask<shard_answer>(LinkFrame::kShardRequestFieldNumber,
                                 *x.request);
      },
      [this](const ask_shards& x) {
        return ask<shards_answer>(LinkFrame::kShardRequestsFieldNumber,
                                  *x.requests);
      },
      [this](const ask_node& x) {
        return ask<node_answer>(LinkFrame::kNodeRequestFieldNumber, *x.request);
      },
      [this](const control_frame& x) { send_frame(*x.frame); },
      [this](const use_connection& x) { use(x.socket); },
      [this](const link_hello& x) { on_hello(x); },
      [this](const link_welcome& x) { on_welcome(x); },
  };
}

void link::on_exit() {
  go_down("this node stops");
  ticker_.cancel();
  expiry_.cancel();
  flush_task_.unlink();
  send_exit(ack_port_, caf::exit_reason::user_shutdown);
  ack_port_ = nullptr;
  settings_->registry->remove(metrics_);
  settings_ = std::make_shared<const link_settings>(); // handles make cycles
}

} // namespace actors
