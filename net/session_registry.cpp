#include "net/session_registry.hpp"

#include <algorithm>

namespace net {

namespace {

constexpr std::chrono::milliseconds step{20};

} // namespace

struct session_registry::pace : std::enable_shared_from_this<pace> {
  pace(boost::asio::io_context& io, session_registry& owner,
       std::chrono::milliseconds spread, std::function<void()> on_done)
      : timer(io), registry(owner), left(spread), done(std::move(on_done)) {}

  void run() {
    const auto hold = shared_from_this();
    if (registry.sessions_.empty()) {
      registry.pace_.reset();
      done();
      return;
    }
    const auto steps =
        static_cast<std::size_t>(std::max<std::int64_t>(1, left / step));
    if (steps == 1) // whoever came meanwhile, too; telling twice is harmless
      waiting = registry.sessions_.size();
    tell((waiting + steps - 1) / steps);
    left = std::max(std::chrono::milliseconds{0}, left - step);
    timer.expires_after(step);
    timer.async_wait([self = shared_from_this()](boost::system::error_code ec) {
      if (!ec)
        self->run();
    });
  }

  // Those told go to the back.
  void tell(std::size_t count) {
    while (count-- > 0 && !registry.sessions_.empty()) {
      auto& session = registry.sessions_.front();
      registry.sessions_.pop_front();
      registry.sessions_.push_back(session);
      waiting -= std::min<std::size_t>(waiting, 1);
      session.shut_down();
    }
  }

  boost::asio::steady_timer timer;
  session_registry& registry;
  std::chrono::milliseconds left;
  std::size_t waiting = 0;
  std::function<void()> done;
};

void session_registry::drain(boost::asio::io_context& io,
                             std::chrono::milliseconds spread,
                             std::function<void()> done) {
  pace_ = std::make_shared<pace>(io, *this, spread, std::move(done));
  pace_->waiting = sessions_.size();
  pace_->run();
}

void session_registry::cut_all() {
  while (!sessions_.empty()) {
    auto& session = sessions_.front();
    sessions_.pop_front();
    session.cut();
  }
}

} // namespace net
