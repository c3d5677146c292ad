#pragma once

#include "tests/simulation/faults.hpp"

#include <cstdint>
#include <string>

namespace simulation {

/// What came of one seed.
struct outcome {
  std::string failure; ///< Empty: no invariant was broken.
  std::string plan;    ///< What was simulated.
  std::string tail;    ///< The last events.
  std::uint64_t hash = 0;
  std::uint64_t events = 0;
  std::uint64_t steps = 0;
  std::uint64_t simulated_ms = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t attempts = 0;
  std::uint64_t reads = 0;
  std::uint64_t losses = 0; ///< Followers that were told of a hole.
  std::uint64_t stale = 0;  ///< Followers that came upon a home of before.
  std::uint64_t views = 0;
  fault_counts faults;
};

/// Simulates what `seed` says. The same seed gives the same, to the last event.
outcome run(std::uint64_t seed, bool print = false);

} // namespace simulation
