#include "actors/client/connection/impl.hpp"
#include "actors/client/connection/time_to_live.hpp"

#include <algorithm>
#include <random>

// Whether the client is still there (stale, ping, pong), and how long it may
// stay (expiry of tokens).

namespace actors {

namespace {

using std::chrono::milliseconds;

/// Somewhere in the second half of `interval`, so that the pings of clients
/// that came together do not stay together.
milliseconds first_ping(milliseconds interval) {
  thread_local std::minstd_rand random{std::random_device{}()};
  std::uniform_int_distribution<milliseconds::rep> spread{
      interval.count() / 2,
      std::max(interval.count() / 2, interval.count() - 1)};
  return milliseconds{spread(random)};
}

} // namespace

void connection::impl::start_pings() {
  life_timer_.cancel();
  if (limits().ping_interval.count() > 0 && !origin_.transport_pings)
    life_timer_.expires_after(first_ping(limits().ping_interval));
}

void connection::impl::on_life_timer() {
  if (closing_)
    return;
  if (stage_ != stage::connected)
    return close(proto::disconnect_code::stale);
  const auto patience = limits().pong_timeout;
  if (awaiting_pong_ && patience.count() > 0) {
    // While we do not read, silence means nothing.
    if (queue_.paused())
      return life_timer_.expires_after(patience);
    return close(proto::disconnect_code::no_pong);
  }
  if (patience.count() > 0 && pinged_) {
    // The pong was in time; the rest of the interval follows.
    pinged_ = false;
    return life_timer_.expires_after(limits().ping_interval - patience);
  }
  out_.add_ping();
  written();
  awaiting_pong_ = true;
  pinged_ = patience.count() > 0;
  life_timer_.expires_after(pinged_ ? patience : limits().ping_interval);
}

void connection::impl::on_pong() {
  if (!std::exchange(awaiting_pong_, false))
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
