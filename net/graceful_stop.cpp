#include "net/graceful_stop.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

namespace net {

graceful_stop::graceful_stop(asio::io_context& io, gateway& node, steps how)
    : io_(io), node_(node), how_(std::move(how)), deadline_(io) {}

std::function<void()> graceful_stop::then(void (graceful_stop::*next)()) {
  return [self = shared_from_this(), next] {
    asio::post(self->io_, [self, next] {
      if (self->done_)
        (self.get()->*next)();
    });
  };
}

void graceful_stop::run(std::function<void()> done) {
  done_ = std::move(done);
  deadline_.expires_after(node_.config->shutdown.timeout);
  deadline_.async_wait([self = shared_from_this()](error_code ec) {
    if (ec || !self->done_)
      return;
    spdlog::warn("shutdown.timeout has passed: whatever is left is cut");
    self->finish();
  });
  how_.hand_over(then(&graceful_stop::drain));
}

void graceful_stop::drain() {
  draining_ = node_.lanes.size();
  for (auto& entry : node_.lanes)
    asio::post(entry->lane->io(),
               [this, &where = *entry, drained = then(&graceful_stop::leave)] {
                 where.sessions.drain(where.lane->io(),
                                      node_.config->shutdown.spread, drained);
               });
}

void graceful_stop::leave() {
  if (--draining_ > 0)
    return;
  how_.leave(then(&graceful_stop::finish));
}

void graceful_stop::cut() {
  for (auto& entry : node_.lanes)
    asio::post(entry->lane->io(),
               [&where = *entry] { where.sessions.cut_all(); });
}

void graceful_stop::finish() {
  cut();
  deadline_.cancel();
  std::exchange(done_, nullptr)();
}

} // namespace net
