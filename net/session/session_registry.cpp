#include "net/session/session_registry.hpp"

#include <algorithm>

namespace net {

namespace {

constexpr std::chrono::milliseconds step{20};

} // namespace

struct session_registry::pace : std::enable_shared_from_this<pace> {
  using clock = std::chrono::steady_clock;

  pace(boost::asio::io_context& io, session_registry& owner,
       std::chrono::milliseconds over, std::function<void()> on_done)
      : timer(io), registry(owner), spread(over), total(owner.sessions_.size()),
        done(std::move(on_done)) {}

  void run() {
    const auto hold = shared_from_this();
    if (registry.sessions_.empty()) {
      registry.pace_.reset();
      done();
      return;
    }
    tell();
    timer.expires_after(step);
    timer.async_wait([self = shared_from_this()](boost::system::error_code ec) {
      if (!ec)
        self->run();
    });
  }

  void tell() {
    const std::chrono::duration<double> passed = clock::now() - began;
    if (passed >= spread) { // whoever came meanwhile, too; twice is harmless
      tell(registry.sessions_.size());
      return;
    }
    const auto due = static_cast<std::size_t>(
        static_cast<double>(total) * (passed / spread) + 0.5);
    tell(due - told);
    told = due;
  }

  // Those told go to the back.
  void tell(std::size_t count) {
    while (count-- > 0 && !registry.sessions_.empty()) {
      auto& session = registry.sessions_.front();
      registry.sessions_.pop_front();
      registry.sessions_.push_back(session);
      session.shut_down();
    }
  }

  boost::asio::steady_timer timer;
  session_registry& registry;
  const std::chrono::duration<double> spread;
  const std::size_t total;
  const clock::time_point began = clock::now();
  std::size_t told = 0;
  std::function<void()> done;
};

void session_registry::drain(boost::asio::io_context& io,
                             std::chrono::milliseconds spread,
                             std::function<void()> done) {
  pace_ = std::make_shared<pace>(io, *this, spread, std::move(done));
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
