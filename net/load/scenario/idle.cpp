#include "net/load/errors.hpp"
#include "net/load/fleet.hpp"
#include "net/load/scenario/scenario.hpp"
#include "net/load/scenario/window.hpp"

#include <string>

namespace net::load {

report run_idle(const settings& with) {
  loop events{with.spin};
  server to{with};
  fleet clients{events, to, with};
  for (std::size_t i = 0; i < with.connections; ++i)
    clients.add({.room = with.room + "-" + std::to_string(i % with.spread),
                 .subscribes = true},
                0, 1);

  const auto before = read_process_stats(with.server_pids);
  const auto start = now();
  clients.open();
  const auto opened = now();
  cpu_window idle{with};
  for (const auto end = now() + to_ns(with.seconds); now() < end;)
    events.run(end);
  idle.end();
  const auto after = read_process_stats(with.server_pids);

  auto count = static_cast<double>(with.connections);
  auto grown = [count](std::uint64_t from, std::uint64_t until) {
    return (static_cast<double>(until) - static_cast<double>(from)) / count;
  };
  report out;
  out.add("connections", "Connections", count);
  out.add("open_seconds", "Opened in", to_seconds(opened - start), "s", 2);
  out.add("disconnects", "Connections lost",
          static_cast<double>(clients.lost()));
  if (!with.server_pids.empty()) {
    out.add("server_rss_bytes", "Server, memory in use",
            static_cast<double>(after.rss), "bytes");
    out.add("rss_bytes_per_connection", "Each connection, memory in use",
            grown(before.rss, after.rss), "bytes");
    out.add("private_bytes_per_connection",
            "Each connection, private memory of the process",
            grown(before.private_rss, after.private_rss), "bytes");
  }
  idle.add_to(out, 0, "delivery");
  if (with.server_pids.empty())
    out.warn("Without --server-pid nothing is known of the server's memory.");
  if (clients.lost() > 0)
    out.warn("The first connection was lost because " + clients.first_loss()
             + ".");
  return out;
}

} // namespace net::load
