#pragma once

#include "net/load/clock.hpp"
#include "net/load/process_stats.hpp"
#include "net/load/report.hpp"
#include "net/load/settings.hpp"

#include <cstdint>
#include <string>

namespace net::load {

/// Processor time of both sides between two moments.
class cpu_window {
public:
  explicit cpu_window(const settings& with)
      : settings_(with), time_(now()), own_(own_cpu_time()),
        server_(read_process_stats(with.server_pids).cpu_seconds) {}

  /// Ends the window.
  void end() {
    seconds_ = to_seconds(now() - time_);
    own_seconds_ = to_seconds(own_cpu_time() - own_);
    server_seconds_ =
        read_process_stats(settings_.server_pids).cpu_seconds - server_;
  }

  double seconds() const { return seconds_; }

  /// Processor time of this thread.
  double own_seconds() const { return own_seconds_; }

  /// Adds what it took, for each of `count` things named `what`.
  void add_to(report& out, double count, const std::string& what) const {
    if (!settings_.server_pids.empty()) {
      out.add("server_cpu_percent", "Server, of one core",
              server_seconds_ / seconds_ * 100, "%", 1);
      out.add("server_cpu_us_per_" + what, "Server, each " + what,
              count > 0 ? server_seconds_ * 1e6 / count : 0, "µs", 2);
    }
    auto own = own_seconds_ / seconds_ * 100;
    out.add("generator_cpu_percent", "This generator, of one core", own, "%",
            1);
    if (own > 90)
      out.warn("The generator was busy for " + grouped(own, 0)
               + " % of the time: the server may be able to do more.");
  }

private:
  const settings& settings_;
  std::uint64_t time_;
  std::uint64_t own_;
  double server_;
  double seconds_ = 0;
  double own_seconds_ = 0;
  double server_seconds_ = 0;
};

inline std::uint64_t to_ns(double seconds) {
  return static_cast<std::uint64_t>(seconds * 1e9);
}

} // namespace net::load
