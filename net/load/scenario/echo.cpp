#include "net/load/errors.hpp"
#include "net/load/fleet.hpp"
#include "net/load/payload.hpp"
#include "net/load/progress.hpp"
#include "net/load/scenario/scenario.hpp"
#include "net/load/scenario/window.hpp"

#include <limits>
#include <string>
#include <utility>

namespace net::load {

report run_echo(const settings& with) {
  loop events{with.spin};
  server to{with};
  fleet clients{events, to, with};
  const bool by_room = to.speaks->asks_by_room();
  for (std::uint32_t i = 0; i < with.clients; ++i) {
    role as{.subscribes = by_room, .publishes = by_room, .asks = true};
    if (by_room)
      as.room = with.room + "-echo-" + std::to_string(i);
    clients.add(std::move(as), i, 1);
  }
  clients.open();

  payload_writer payload{with.size};
  auto ask = [&](connection& way, const stamp& x) {
    way.ask(payload.write(x));
    way.flush();
  };
  clients.on_answer_of = [&](connection& way, const stamp& x, std::uint64_t) {
    ask(way, {x.source, x.number + 1, now()});
  };
  for (std::uint32_t i = 0; i < with.clients; ++i)
    ask(clients[i], {i, 0, now()});

  const auto begin = now() + to_ns(with.warmup);
  const auto end = begin + to_ns(with.seconds);
  progress_line progress{with, clients.counts};
  auto run_until = [&](std::uint64_t until) {
    for (auto time = now(); time < until; time = now()) {
      progress.at(time);
      events.run(until);
    }
  };
  run_until(begin);
  clients.counts.open_window(begin, std::numeric_limits<std::uint64_t>::max());
  const auto before = clients.counts.deliveries();
  cpu_window window{with};
  run_until(end);
  window.end();

  auto count = static_cast<double>(clients.counts.deliveries() - before);
  if (count == 0)
    throw load_error("No request was answered"
                     + (clients.lost() > 0 ? ": " + clients.first_loss() : "")
                     + ".");
  report out;
  out.add("round_trips_per_second", "Round trips", count / window.seconds(),
          "/s");
  out.add("disconnects", "Connections lost",
          static_cast<double>(clients.lost()));
  out.add_latency("latency", "Round trip", clients.counts.latency());
  window.add_to(out, count, "round_trip");
  if (clients.lost() > 0)
    out.warn("The first connection was lost because " + clients.first_loss()
             + ".");
  return out;
}

} // namespace net::load
