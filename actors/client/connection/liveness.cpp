#include "actors/client/connection/impl.hpp"
#include "actors/client/connection/time_to_live.hpp"

#include <algorithm>

// Whether the client is still there (stale, ping, pong), and how long it may
// stay (expiry of tokens).

namespace actors {

void connection::impl::start_pings() {
  life_timer_.cancel();
  if (limits().ping_interval.count() > 0 && !origin_.transport_pings)
    life_timer_.expires_after(ping_rhythm::first(limits().ping_interval));
}

void connection::impl::on_life_timer() {
  if (closing_)
    return;
  if (ending_)
    return close(ending_->code, ending_->reason);
  if (stage_ != stage::connected)
    return close(proto::disconnect_code::stale);
  // While we do not read, silence means nothing.
  const bool excused =
      pings_.awaits_pong()
      && (queue_.paused() || pong_patience_.excuses(out_.link().flow()));
  const auto step =
      pings_.next(limits().ping_interval, pong_timeout(), excused);
  if (step.what == ping_rhythm::move::give_up)
    return close(proto::disconnect_code::no_pong);
  if (step.what == ping_rhythm::move::ping) {
    out_.flush(); // what the ping comes behind
    pong_patience_.ping(out_.link().flow());
    out_.add_ping();
    written();
  }
  life_timer_.expires_after(step.next);
}

void connection::impl::on_pong() {
  if (!pings_.on_pong())
    close(proto::disconnect_code::bad_request);
}

connection::impl::time_point
connection::impl::due_at(std::int64_t expire_at, config::duration grace) const {
  if (expire_at == 0)
    return time_point::max();
  return now() + std::chrono::seconds{ttl_of(expire_at)} + grace;
}

void connection::impl::arm_expiry() {
  expiry_timer_.expires_at(std::min(due_, subscriptions_.next_due()));
}

void connection::impl::on_expiry() {
  if (closing_)
    return;
  if (due_ <= now())
    return close(proto::disconnect_code::connection_expired);
  for (const auto& room : subscriptions_.due(now())) {
    if (subscriptions_.find(room)->server_side)
      return close(proto::disconnect_code::subscription_expired);
    take_back(room, proto::unsubscribe_code::subscription_expired);
  }
  arm_expiry();
}

} // namespace actors
