#include "tests/simulation/plan.hpp"

namespace simulation {

using namespace std::chrono_literals;

plan::plan(chance& random) {
  nodes = static_cast<std::uint32_t>(random.between(3, 5));
  coordinators = random.one_in(2) ? 1 : 3;
  replicas = static_cast<std::uint32_t>(random.between(1, 2));
  apart = nodes >= coordinators + 2 && random.one_in(3);
  reckless = random.one_in(4);
  // What was decided may be forgotten with those who knew of it.
  durable = reckless || !random.one_in(3);
  // Who knows more may have to find out first that its link is dead.
  if (!durable)
    settle = failure_timeout * 5 / 2;
  unclean_takeover = reckless;
  faults = static_cast<std::uint32_t>(random.between(3, 7));
  longest_delay = std::chrono::milliseconds{random.between(2, 60)};
  if (random.one_in(4)) {
    limits.shard_parked_requests = 8;
    link_queue_bytes = 256 * 1024; // less than a part would not do
  }
  if (random.one_in(2))
    page_bytes = 256; // a publication or two
  for (std::uint32_t n = 0; n <= replicas; ++n) {
    const auto name = "r" + std::to_string(n);
    auto& x = channels.namespaces[name];
    x.name = name;
    x.history_size = 100'000;
    x.history_ttl = 1h;
    x.replicas = n;
    for (const auto* room : {"a", "b", "c", "d"})
      rooms.push_back(name + ":" + room);
  }
}

std::string plan::text() const {
  return std::to_string(nodes) + " nodes, " + std::to_string(coordinators)
         + (durable ? " durable" : " forgetful")
         + (coordinators == 1 ? " coordinator" : " coordinators")
         + (apart ? " apart, " : ", ") + std::to_string(replicas)
         + " replicas, delays up to " + std::to_string(longest_delay.count())
         + " ms, " + std::to_string(faults) + (reckless ? " reckless" : "")
         + " faults";
}

} // namespace simulation
