#include "net/load/fleet.hpp"
#include "net/load/progress.hpp"
#include "net/load/scenario/scenario.hpp"
#include "net/load/scenario/window.hpp"
#include "net/load/sink.hpp"

#include <string>

namespace net::load {

report run_self(const settings& with) {
  allow_connections(2 * with.subscribers);
  sink source{{with.subscribers, with.size, with.frames, with.sink_core}};
  auto given = with;
  given.url = "ws://127.0.0.1:" + std::to_string(source.port());
  given.protocol = "roost";
  given.format = "json";
  given.server_pids.clear();
  loop events{with.spin};
  server to{given};
  fleet clients{events, to, given};
  for (std::size_t i = 0; i < with.subscribers; ++i)
    clients.add({.room = "load:self", .subscribes = true}, 0, 1);
  clients.open();
  source.go();

  progress_line progress{with, clients.counts};
  auto run_until = [&](std::uint64_t until) {
    for (auto time = now(); time < until; time = now()) {
      progress.at(time);
      events.run(until);
    }
  };
  run_until(now() + to_ns(with.warmup));
  const auto before = clients.counts.deliveries();
  cpu_window window{given};
  run_until(now() + to_ns(with.seconds));
  window.end();

  auto count = static_cast<double>(clients.counts.deliveries() - before);
  report out;
  out.add("deliveries_per_second", "Deliveries read and checked",
          count / window.seconds(), "/s");
  out.add("own_limit_per_second", "With a whole core it could read",
          window.own_seconds() > 0 ? count / window.own_seconds() : 0, "/s");
  out.add("duplicates", "Duplicates",
          static_cast<double>(clients.counts.order.duplicates));
  out.add("skipped", "Missing",
          static_cast<double>(clients.counts.order.skipped));
  window.add_to(out, count, "delivery");
  return out;
}

} // namespace net::load
