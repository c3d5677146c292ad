#include "net/load/trial.hpp"

#include "net/load/process_stats.hpp"
#include "net/load/progress.hpp"
#include "net/load/report.hpp"

#include <algorithm>
#include <utility>

namespace net::load {

namespace {

/// Publications in a row before sockets are looked at again.
constexpr int max_burst = 256;

/// How long after the window deliveries are waited for, and how long when
/// none comes.
constexpr auto max_drain = 3 * second;
constexpr auto max_silence = second / 2;

/// The state of one trial.
class trial {
public:
  trial(loop& events, fleet& clients, publishing& to, double rate,
        const settings& with)
      : events_(events), clients_(clients), to_(to), settings_(with),
        start_(now()),
        window_begin_(start_ + static_cast<std::uint64_t>(with.warmup * 1e9)),
        window_end_(window_begin_
                    + static_cast<std::uint64_t>(with.seconds * 1e9)),
        interval_(1e9 / rate), lost_before_(clients.lost()),
        order_before_(clients.counts.order) {
    result_.rate = rate;
    clients_.counts.open_window(window_begin_, window_end_);
  }

  trial_result run() {
    progress_line progress{settings_, clients_.counts};
    run_until(window_begin_, progress);
    const auto begin = measure();
    run_until(window_end_, progress);
    const auto end = measure();
    drain(progress);
    finish(begin, end);
    return std::move(result_);
  }

private:
  struct measures {
    std::uint64_t time;
    std::uint64_t deliveries;
    std::uint64_t bytes;
    std::uint64_t own_cpu;
    double server_cpu;
  };

  measures measure() const {
    return {now(), clients_.counts.deliveries(), clients_.counts.bytes(),
            own_cpu_time(),
            read_process_stats(settings_.server_pids).cpu_seconds};
  }

  std::uint64_t due(std::uint64_t n) const {
    return start_
           + static_cast<std::uint64_t>(interval_ * static_cast<double>(n));
  }

  void run_until(std::uint64_t end, progress_line& progress) {
    for (auto time = now(); time < end; time = now()) {
      publish_due(time);
      progress.at(time);
      events_.run(std::min(end, due(count_)));
    }
    // What the generator did not get to in time is late, not left out.
    while (due(count_) < end)
      publish_due(end - 1);
  }

  void publish_due(std::uint64_t time) {
    for (int burst = 0; due(count_) <= time && burst < max_burst; ++burst) {
      publish(count_ % to_.publishers.size(), due(count_));
      ++count_;
    }
    for (auto* from : to_flush_) {
      from->to_flush = false;
      from->way->flush();
    }
    to_flush_.clear();
  }

  void publish(std::size_t source, std::uint64_t time) {
    auto& from = to_.publishers[source];
    bool counts = time >= window_begin_ && time < window_end_;
    if (counts)
      ++result_.published;
    if (!from.way->takes_more()) {
      if (counts)
        ++result_.unsent;
      return;
    }
    from.way->publish(to_.payload.write(
        {static_cast<std::uint32_t>(source), from.next_number++, time}));
    if (!std::exchange(from.to_flush, true))
      to_flush_.push_back(&from);
  }

  void drain(progress_line& progress) {
    result_.expected = result_.published * to_.receivers;
    const auto end = now() + max_drain;
    auto last = now();
    for (auto before = clients_.counts.deliveries();
         clients_.counts.in_window() < result_.expected;) {
      auto time = now();
      if (time >= end || time - last > max_silence)
        return;
      progress.at(time);
      events_.run(time + second / 100);
      if (clients_.counts.deliveries() != before)
        last = time;
      before = clients_.counts.deliveries();
    }
  }

  void finish(const measures& begin, const measures& end) {
    const auto& counts = clients_.counts;
    result_.seconds = to_seconds(end.time - begin.time);
    result_.window_deliveries = end.deliveries - begin.deliveries;
    result_.window_bytes = end.bytes - begin.bytes;
    result_.server_cpu_seconds = end.server_cpu - begin.server_cpu;
    result_.own_cpu_seconds = to_seconds(end.own_cpu - begin.own_cpu);
    result_.delivered = counts.in_window();
    // What was left of the warm-up makes a window look better than it was.
    auto counted = std::min(result_.window_deliveries, result_.delivered);
    result_.delivery_rate = static_cast<double>(counted) / result_.seconds;
    result_.lost_connections = clients_.lost() - lost_before_;
    result_.first_loss = clients_.first_loss();
    result_.order.skipped = counts.order.skipped - order_before_.skipped;
    result_.order.duplicates =
        counts.order.duplicates - order_before_.duplicates;
    result_.order.out_of_order =
        counts.order.out_of_order - order_before_.out_of_order;
    result_.strays = counts.strays();
    result_.latency.add(counts.latency());
  }

  loop& events_;
  fleet& clients_;
  publishing& to_;
  const settings& settings_;
  std::uint64_t start_;
  std::uint64_t window_begin_;
  std::uint64_t window_end_;
  double interval_;
  std::size_t lost_before_;
  sequence_counts order_before_;
  std::uint64_t count_ = 0;
  std::vector<publishing::publisher*> to_flush_;
  trial_result result_;
};

} // namespace

double trial_result::loss() const {
  if (expected == 0 || delivered >= expected)
    return 0;
  return static_cast<double>(expected - delivered)
         / static_cast<double>(expected);
}

bool trial_result::good(const settings& limits) const {
  return lost_connections == 0 && published > 0 && loss() < limits.max_loss
         && static_cast<double>(latency.percentile(99))
                < limits.max_p99_ms * 1e6;
}

trial_result run_trial(loop& events, fleet& clients, publishing& to,
                       double rate, const settings& with) {
  return trial{events, clients, to, rate, with}.run();
}

void add_trial(report& out, const trial_result& result, const settings& with) {
  auto percent_of_core = [&](double cpu) {
    return cpu / result.seconds * 100;
  };
  out.add("deliveries_per_second", "Deliveries", result.delivery_rate, "/s");
  out.add("publications_per_second", "Publications", result.rate, "/s", 1);
  out.add("published", "Published in the window",
          static_cast<double>(result.published));
  out.add("unsent", "Not taken by the server",
          static_cast<double>(result.unsent));
  out.add("delivered", "Delivered", static_cast<double>(result.delivered));
  out.add("loss_percent", "Lost", result.loss() * 100, "%", 3);
  out.add("duplicates", "Duplicates",
          static_cast<double>(result.order.duplicates));
  out.add("out_of_order", "Out of order",
          static_cast<double>(result.order.out_of_order));
  if (result.window_deliveries > 0)
    out.add("bytes_per_delivery", "Each delivery, from the socket",
            static_cast<double>(result.window_bytes)
                / static_cast<double>(result.window_deliveries),
            "bytes", 1);
  out.add("strays", "In the wrong room", static_cast<double>(result.strays));
  out.add("disconnects", "Connections lost",
          static_cast<double>(result.lost_connections));
  out.add_latency("latency", "Latency", result.latency);
  if (!with.server_pids.empty()) {
    out.add("server_cpu_percent", "Server, of one core",
            percent_of_core(result.server_cpu_seconds), "%", 1);
    out.add("server_cpu_us_per_delivery", "Server, each delivery",
            result.window_deliveries == 0
                ? 0
                : result.server_cpu_seconds * 1e6
                      / static_cast<double>(result.window_deliveries),
            "µs", 3);
  }
  auto own = percent_of_core(result.own_cpu_seconds);
  out.add("generator_cpu_percent", "This generator, of one core", own, "%", 1);
  if (own > 90)
    out.warn("The generator was busy for " + grouped(own, 0)
             + " % of the time: the server may be able to do more.");
  if (result.lost_connections > 0)
    out.warn("The first connection was lost because " + result.first_loss
             + ".");
}

} // namespace net::load
