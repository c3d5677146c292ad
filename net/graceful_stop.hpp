#pragma once

#include "net/asio.hpp"
#include "net/gateway.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace net {

/// The steps of a graceful stop, one after the other, on the thread of `io`:
/// hand the shards over, tell the clients to go, leave the view. Rooms move
/// first, so that clients find them where they go.
class graceful_stop : public std::enable_shared_from_this<graceful_stop> {
public:
  struct steps {
    /// Each calls its argument exactly once, on any thread.
    std::function<void(std::function<void()>)> hand_over;
    std::function<void(std::function<void()>)> leave;
  };

  graceful_stop(asio::io_context& io, gateway& node, steps how);

  /// Calls `done` on `io` at the end, after `shutdown.timeout` at the latest.
  void run(std::function<void()> done);

private:
  void drain();
  void cut();
  void leave();
  void finish();

  /// Wraps a step's end so that it arrives on `io_`, once.
  std::function<void()> then(void (graceful_stop::*next)());

  asio::io_context& io_;
  gateway& node_;
  steps how_;
  asio::steady_timer deadline_;
  std::function<void()> done_;
  std::size_t draining_ = 0;
};

} // namespace net
