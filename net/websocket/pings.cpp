#include "net/websocket/websocket_session.hpp"

// Ping frames, for clients that asked for them in place of the protocol's own
// pings; their pongs are awaited as those are.

namespace net {

void websocket_session::start_pings() {
  const auto interval = config().client.ping_interval;
  if (interval.count() == 0)
    return;
  pings_ = std::make_unique<pinger>(where().lane->io());
  wait_for_ping_time(actors::ping_rhythm::first(interval));
}

void websocket_session::wait_for_ping_time(std::chrono::milliseconds delay) {
  pings_->timer.expires_after(delay);
  pings_->timer.async_wait([this, self = shared_from_this()](error_code ec) {
    if (!ec && at() == phase::open)
      on_ping_time();
  });
}

void websocket_session::on_ping_time() {
  auto& x = *pings_;
  // While we do not read, silence means nothing.
  const bool excused =
      x.rhythm.awaits_pong() && (paused() || x.patience.excuses(flow()));
  const auto step = x.rhythm.next(config().client.ping_interval,
                                  config().client.pong_timeout, excused);
  using enum actors::ping_rhythm::move;
  if (step.what == give_up)
    return owner().disconnect(proto::disconnect_code::no_pong);
  if (step.what == ping) {
    x.patience.ping(flow());
    enqueue(ping_frame());
  }
  wait_for_ping_time(step.next);
}

void websocket_session::on_pong() {
  if (pings_)
    pings_->rhythm.on_pong();
}

} // namespace net
