#include "net/load/connection.hpp"
#include "net/load/errors.hpp"
#include "net/load/fleet.hpp"
#include "net/load/progress.hpp"
#include "net/load/scenario/scenario.hpp"
#include "net/load/scenario/window.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace net::load {

namespace {

/// Connections that have said goodbye and whose server has not; beyond that,
/// the oldest end without it.
constexpr std::size_t max_closing = 1024;

/// Opens connections, closes each as soon as it is ready, and opens another.
class comers final : private connection_owner {
public:
  comers(loop& events, const server& to, const settings& with)
      : events_(events), server_(to), settings_(with) {}

  report run() {
    allow_connections(settings_.opening + max_closing);
    const auto start = now();
    const auto begin = start + to_ns(settings_.warmup);
    const auto end = begin + to_ns(settings_.seconds);
    interval_ = settings_.rate > 0 ? 1e9 / settings_.rate : 0;
    next_due_ = static_cast<double>(start);
    progress_line progress{settings_, counts_};
    run_until(begin, progress);
    taken_.clear();
    const auto before = done_;
    cpu_window window{settings_};
    run_until(end, progress);
    window.end();
    if (done_ == before)
      throw load_error("No connection to " + settings_.url + " got ready"
                       + (failures_ > 0 ? ": " + first_failure_ : "") + ".");
    auto count = static_cast<double>(done_ - before);
    report out;
    out.add("connections_per_second", "Connections", count / window.seconds(),
            "/s");
    out.add("failures", "Failed", static_cast<double>(failures_));
    out.add_latency("ready", "Until ready", taken_);
    window.add_to(out, count, "connection");
    if (failures_ > 0)
      out.warn("The first failure: " + first_failure_ + ".");
    return out;
  }

private:
  void run_until(std::uint64_t end, progress_line& progress) {
    for (auto time = now(); time < end; time = now()) {
      start_some(time);
      progress.at(time);
      events_.run(next_start(time, end));
    }
  }

  std::uint64_t next_start(std::uint64_t time, std::uint64_t end) const {
    auto soon = std::min(end, time + second / 10);
    if (opening_ >= settings_.opening)
      return soon;
    return std::min(soon, static_cast<std::uint64_t>(next_due_));
  }

  void start_some(std::uint64_t time) {
    // A failure at once, such as a lack of ports, waits for the next turn.
    for (auto failures = failures_;
         opening_ < settings_.opening && failures_ == failures
         && static_cast<double>(time) >= next_due_;) {
      next_due_ = interval_ > 0 ? next_due_ + interval_ : 0;
      ++opening_;
      auto& way = take();
      way.as().token = token_for(settings_, number_);
      // Every connection from another address: ports would run out.
      way.start(number_ * connections_per_address + connections_per_address);
      ++number_;
    }
  }

  connection& take() {
    if (free_.empty() && closing_.size() >= max_closing) {
      auto* oldest = closing_.front();
      closing_.erase(closing_.begin());
      oldest->drop();
      free_.push_back(oldest);
    }
    if (free_.empty()) {
      connection_context context{events_, server_.where, *server_.speaks, *this,
                                 counts_};
      role as{.room = settings_.room + "-"
                      + std::to_string(all_.size() % settings_.spread),
              .subscribes = true};
      all_.push_back(
          std::make_unique<connection>(context, std::move(as), 0, 1));
      free_.push_back(all_.back().get());
    }
    auto* out = free_.back();
    free_.pop_back();
    return *out;
  }

  void on_ready(connection& way) override {
    taken_.record(now() - way.started());
    ++done_;
    --opening_;
    closing_.push_back(&way);
    way.close();
  }

  void on_lost(connection& way, const std::string& why) override {
    auto found = std::ranges::find(closing_, &way);
    if (found != closing_.end()) {
      closing_.erase(found);
    } else {
      --opening_;
      if (failures_++ == 0)
        first_failure_ = why;
    }
    free_.push_back(&way);
  }

  loop& events_;
  const server& server_;
  const settings& settings_;
  meter counts_;
  std::vector<std::unique_ptr<connection>> all_;
  std::vector<connection*> free_;
  std::vector<connection*> closing_;
  double interval_ = 0;
  double next_due_ = 0;
  std::size_t number_ = 0;
  std::size_t opening_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t failures_ = 0;
  std::string first_failure_;
  histogram taken_;
};

} // namespace

report run_connect(const settings& with) {
  loop events{with.spin};
  server to{with};
  return comers{events, to, with}.run();
}

} // namespace net::load
