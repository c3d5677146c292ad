#include "net/load/errors.hpp"
#include "net/load/saturation_search.hpp"
#include "net/load/scenario/scenario.hpp"
#include "net/load/trial.hpp"

#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace net::load {

namespace {

/// One set of connections and who of them publishes.
struct world {
  world(loop& events, const server& to, const settings& with)
      : clients(events, to, with),
        who(with.size, payload_kind_of(with.payload)) {}

  std::optional<target> publishers_at; // before the fleet, which refers to it
  fleet clients;
  publishing who;
};

using world_maker = std::function<std::unique_ptr<world>(loop&, const server&)>;

/// A trial with fewer publications says nothing.
constexpr double min_published = 2;

std::string milliseconds_of_p99(const trial_result& result) {
  return grouped(static_cast<double>(result.latency.percentile(99)) / 1e6, 2);
}

void show_try(const settings& with, const trial_result& result, bool good) {
  if (with.quiet)
    return;
  std::cerr << (good ? "good: " : "too much: ")
            << grouped(result.delivery_rate, 0) << " deliveries/s, p99 "
            << grouped(static_cast<double>(result.latency.percentile(99)) / 1e6,
                       2)
            << " ms, lost " << grouped(result.loss() * 100, 2) << " %, "
            << result.lost_connections << " disconnects\n";
}

report run_at_rate(const settings& with, const world_maker& make) {
  loop events{with.spin};
  server to{with};
  auto all = make(events, to);
  all->clients.open();
  report out;
  add_trial(out, run_trial(events, all->clients, all->who, with.rate, with),
            with);
  return out;
}

/// The best of the good trials; new connections after each bad one, which may
/// have left anything behind.
report run_search(const settings& with, const world_maker& make) {
  loop events{with.spin};
  server to{with};
  auto all = make(events, to);
  all->clients.open();
  auto receivers = static_cast<double>(all->who.receivers);
  saturation_search search{with.start_rate > 0 ? with.start_rate
                                               : 50'000 / receivers,
                           with.precision};
  trial_result best;
  trial_result latest;
  bool tried = false;
  for (auto rate = search.next(); rate && *rate * with.seconds >= min_published;
       rate = search.next()) {
    bool good = false;
    for (int i = 0; i < with.tries && !good; ++i) {
      if (!all) {
        all = make(events, to);
        all->clients.open();
      }
      latest = run_trial(events, all->clients, all->who, *rate, with);
      good = latest.good(with);
      show_try(with, latest, good);
      if (!good)
        all.reset();
    }
    tried = true;
    search.tried(good);
    if (good)
      std::swap(best, latest);
  }
  if (!tried)
    throw usage_error("The first rate would publish less than twice while it "
                      "is measured: raise --start-rate or --seconds.");
  if (best.published == 0)
    throw load_error(
        "No rate was good: at " + grouped(latest.rate, 1)
        + " publications/s p99 was " + milliseconds_of_p99(latest) + " ms, "
        + grouped(latest.loss() * 100, 1) + " % were lost and "
        + std::to_string(latest.lost_connections) + " connections ended.");
  report out;
  add_trial(out, best, with);
  return out;
}

report run(const settings& with, const world_maker& make) {
  return with.rate > 0 ? run_at_rate(with, make) : run_search(with, make);
}

} // namespace

report run_broadcast(const settings& with) {
  auto make = [&with](loop& events, const server& to) {
    auto out = std::make_unique<world>(events, to, with);
    auto sources = static_cast<std::uint32_t>(with.publishers);
    const target* elsewhere = nullptr;
    const bool by_api = publishes_by_api(with);
    if (!with.publish_url.empty())
      elsewhere = &out->publishers_at.emplace(
          find_target(with.publish_url, by_api ? "http://" : "ws://"));
    for (std::size_t i = 0; i < with.subscribers; ++i)
      out->clients.add({.room = with.room, .subscribes = true}, 0, sources);
    for (std::size_t i = 0; i < with.publishers; ++i) {
      publication_way* way = nullptr;
      if (by_api)
        way = &out->clients.add_backend(
            {.room = with.room, .key = with.api_key, .delta = with.delta},
            *elsewhere);
      else
        way = &out->clients.add({.room = with.room, .publishes = true}, 0, 0,
                                elsewhere);
      out->who.publishers.push_back({way});
    }
    out->who.receivers = with.subscribers;
    return out;
  };
  auto given = with;
  if (given.deliveries > 0)
    given.rate = given.deliveries / static_cast<double>(given.subscribers);
  return run(given, make);
}

report run_rooms(const settings& with) {
  auto make = [&with](loop& events, const server& to) {
    auto out = std::make_unique<world>(events, to, with);
    auto members = static_cast<std::uint32_t>(with.members);
    for (std::uint32_t room = 0; room < with.rooms; ++room)
      for (std::uint32_t i = 0; i < members; ++i) {
        role as{.room = with.room + "-" + std::to_string(room),
                .subscribes = true,
                .publishes = true};
        out->who.publishers.push_back(
            {&out->clients.add(std::move(as), room * members, members)});
      }
    out->who.receivers = members;
    return out;
  };
  auto given = with;
  given.rate *= static_cast<double>(with.rooms * with.members);
  return run(given, make);
}

} // namespace net::load
