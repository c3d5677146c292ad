#pragma once

#include "tests/simulation/cluster.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace simulation {

struct fault_counts {
  std::uint64_t kills = 0;
  std::uint64_t pauses = 0;
  std::uint64_t splits = 0;
  std::uint64_t leaves = 0;
  std::uint64_t drains = 0;
  std::uint64_t cuts = 0;
};

/// Breaks things by chance, one at a time: the next one comes when all copies
/// are in sync again. A reckless one does not wait for that. Connections are
/// cut at any time but just before a fault.
class faults {
public:
  faults(cluster& world, chance& random, trace& log, truth& checks)
      : world_(world), chance_(random), trace_(log), truth_(checks) {}

  /// To be called after each step.
  void act();

  /// Mends everything and breaks nothing more.
  void stop();

  /// Starts no node any more.
  void end() { ended_ = true; }

  /// All planned faults are over.
  bool done() const { return begun_ >= world_.how().faults && !active_; }

  const fault_counts& counts() const { return counts_; }

private:
  void begin();
  void kill_all();
  void mend();
  void start_the_dead();
  void undo_drains();
  void cut_something();
  std::size_t any_node(bool working);

  cluster& world_;
  chance& chance_;
  trace& trace_;
  truth& truth_;
  fault_counts counts_;
  std::uint32_t begun_ = 0;
  bool active_ = false;
  bool stopped_ = false;
  bool ended_ = false;
  std::optional<std::size_t> dying_;
  milliseconds dies_at_{0};
  milliseconds mend_at_{0};
  milliseconds calm_until_{0};
  milliseconds settled_since_{-1};
  milliseconds mended_at_{0};
  milliseconds look_at_{0};
  milliseconds undo_at_{0};
};

} // namespace simulation
