#pragma once

#include "net/load/clock.hpp"
#include "net/load/meter.hpp"
#include "net/load/report.hpp"
#include "net/load/settings.hpp"

#include <cstdint>
#include <iostream>
#include <string>

namespace net::load {

/// A line on stderr once a second, unless the settings say quiet.
class progress_line {
public:
  progress_line(const settings& with, const meter& counts)
      : counts_(counts), quiet_(with.quiet), start_(now()), last_(start_),
        deliveries_(counts.deliveries()), cpu_(own_cpu_time()) {}

  void at(std::uint64_t time) {
    if (quiet_ || time - last_ < second)
      return;
    auto passed = to_seconds(time - last_);
    auto fresh = counts_.deliveries() - deliveries_;
    auto cpu = own_cpu_time();
    std::cerr << grouped(to_seconds(time - start_), 0)
              << " s: " << grouped(static_cast<double>(fresh) / passed, 0)
              << " deliveries/s, p99 "
              << grouped(static_cast<double>(counts_.latency().percentile(99))
                             / 1e6,
                         2)
              << " ms, generator "
              << grouped(to_seconds(cpu - cpu_) / passed * 100, 0) << " %\n";
    last_ = time;
    deliveries_ = counts_.deliveries();
    cpu_ = cpu;
  }

private:
  const meter& counts_;
  bool quiet_;
  std::uint64_t start_;
  std::uint64_t last_;
  std::uint64_t deliveries_;
  std::uint64_t cpu_;
};

} // namespace net::load
