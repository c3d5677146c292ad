#include "net/session/session.hpp"

// Ping frames, for clients that asked for them in place of the protocol's own
// pings; their pongs are awaited as those are.

namespace net {

void session::start_pings() {
  const auto interval = config_.client.ping_interval;
  if (interval.count() == 0)
    return;
  pings_ = std::make_unique<pinger>(where_.lane->io());
  wait_for_ping_time(actors::ping_rhythm::first(interval));
}

void session::wait_for_ping_time(std::chrono::milliseconds delay) {
  pings_->timer.expires_after(delay);
  pings_->timer.async_wait([this, self = shared_from_this()](error_code ec) {
    if (!ec && phase_ == phase::open)
      on_ping_time();
  });
}

void session::on_ping_time() {
  auto& x = *pings_;
  // While we do not read, silence means nothing.
  const bool excused =
      x.rhythm.awaits_pong() && (paused_ || x.patience.excuses(flow()));
  const auto step = x.rhythm.next(config_.client.ping_interval,
                                  config_.client.pong_timeout, excused);
  using enum actors::ping_rhythm::move;
  if (step.what == give_up)
    return owner_->disconnect(proto::disconnect_code::no_pong);
  if (step.what == ping) {
    x.patience.ping(flow());
    enqueue(ping_frame());
  }
  wait_for_ping_time(step.next);
}

void session::on_pong() {
  if (pings_)
    pings_->rhythm.on_pong();
}

} // namespace net
