// Simulates clusters, one for each seed; see scripts/simulate.
#include "tests/simulation/run.hpp"

#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

struct options {
  std::uint64_t from = 1;
  std::uint64_t seeds = 1;
  std::uint64_t jobs = 1;
  bool trace = false;
  bool log = false;
  bool keep_going = false;
};

struct totals {
  std::uint64_t failed = 0, seeds = 0, events = 0, steps = 0, simulated_ms = 0,
                acknowledged = 0, attempts = 0, reads = 0, losses = 0,
                stale = 0, views = 0, kills = 0, pauses = 0, splits = 0,
                leaves = 0, drains = 0, cuts = 0;

  void add(const simulation::outcome& x) {
    failed += x.failure.empty() ? 0 : 1;
    ++seeds;
    events += x.events;
    steps += x.steps;
    simulated_ms += x.simulated_ms;
    acknowledged += x.acknowledged;
    attempts += x.attempts;
    reads += x.reads;
    losses += x.losses;
    stale += x.stale;
    views += x.views;
    kills += x.faults.kills;
    pauses += x.faults.pauses;
    splits += x.faults.splits;
    leaves += x.faults.leaves;
    drains += x.faults.drains;
    cuts += x.faults.cuts;
  }

  void add(const totals& x) {
    auto* to = reinterpret_cast<std::uint64_t*>(this);
    const auto* from = reinterpret_cast<const std::uint64_t*>(&x);
    for (std::size_t i = 0; i < sizeof(totals) / sizeof(std::uint64_t); ++i)
      to[i] += from[i];
  }
};

void report(std::uint64_t seed, const simulation::outcome& x) {
  std::printf("seed %llu (%s)\n%s\n  -> %s\n\n",
              static_cast<unsigned long long>(seed), x.plan.c_str(),
              x.tail.c_str(), x.failure.c_str());
  std::fflush(stdout);
}

totals work(const options& x, std::uint64_t job) {
  totals sum;
  for (auto i = job; i < x.seeds; i += x.jobs) {
    const auto outcome = simulation::run(x.from + i, x.trace);
    sum.add(outcome);
    if (outcome.failure.empty())
      continue;
    report(x.from + i, outcome);
    if (!x.keep_going)
      break;
  }
  return sum;
}

/// Processes, since each stands the clock still for itself.
totals work_in_processes(const options& x) {
  std::vector<int> pipes;
  for (std::uint64_t job = 0; job < x.jobs; ++job) {
    int ends[2];
    if (pipe(ends) != 0)
      std::abort();
    if (fork() == 0) {
      const auto sum = work(x, job);
      const bool told = write(ends[1], &sum, sizeof sum) == sizeof sum;
      _exit(told ? 0 : 1);
    }
    close(ends[1]);
    pipes.push_back(ends[0]);
  }
  totals sum;
  for (const int end : pipes) {
    totals one;
    if (read(end, &one, sizeof one) == sizeof one)
      sum.add(one);
    else
      ++sum.failed; // it has crashed
    close(end);
  }
  while (wait(nullptr) > 0)
    ;
  return sum;
}

double real_seconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec)
         + 1e-9 * static_cast<double>(now.tv_nsec);
}

options parse(int argc, char** argv) {
  options x;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    auto number = [&] {
      if (i + 1 == argc) {
        std::fprintf(stderr, "a number follows %s\n", argv[i]);
        std::exit(2);
      }
      return std::strtoull(argv[++i], nullptr, 10);
    };
    if (name == "--from")
      x.from = number();
    else if (name == "--seeds")
      x.seeds = number();
    else if (name == "--jobs")
      x.jobs = number();
    else if (name == "--trace")
      x.trace = true;
    else if (name == "--log")
      x.log = true;
    else if (name == "--keep-going")
      x.keep_going = true;
    else {
      std::fprintf(stderr, "knows no option %s\n", argv[i]);
      std::exit(2);
    }
  }
  if (x.trace)
    x.jobs = 1;
  return x;
}

} // namespace

int main(int argc, char** argv) {
  const auto x = parse(argc, argv);
  spdlog::set_level(x.log ? spdlog::level::debug : spdlog::level::off);
  const auto start = real_seconds();
  const auto sum = x.jobs > 1 ? work_in_processes(x) : work(x, 0);
  auto number = [](std::uint64_t n) {
    return static_cast<unsigned long long>(n);
  };
  std::printf("%llu seeds from %llu in %.1f s, %llu failed: %llu steps, %llu "
              "events, %llu s simulated\n",
              number(sum.seeds), number(x.from), real_seconds() - start,
              number(sum.failed), number(sum.steps), number(sum.events),
              number(sum.simulated_ms / 1000));
  std::printf("%llu publications in %llu attempts, %llu histories read, %llu "
              "continuities lost, %llu stale homes, %llu views\n",
              number(sum.acknowledged), number(sum.attempts), number(sum.reads),
              number(sum.losses), number(sum.stale), number(sum.views));
  std::printf("%llu kills, %llu pauses, %llu splits, %llu leaves, %llu drains, "
              "%llu cuts\n",
              number(sum.kills), number(sum.pauses), number(sum.splits),
              number(sum.leaves), number(sum.drains), number(sum.cuts));
  return sum.failed == 0 ? 0 : 1;
}
