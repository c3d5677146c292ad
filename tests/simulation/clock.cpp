#include "tests/simulation/clock.hpp"

namespace {

// Some day, so that times have the digits of real ones.
constexpr std::chrono::hours steady_start{100};
constexpr std::chrono::hours system_start{24 * 365 * 55};

std::chrono::milliseconds passed{0};

} // namespace

void simulation::set_clock(std::chrono::milliseconds since_start) {
  passed = since_start;
}

// In place of the library's own, for everything that is linked here.
std::chrono::steady_clock::time_point
std::chrono::steady_clock::now() noexcept {
  return time_point{steady_start + passed};
}

std::chrono::system_clock::time_point
std::chrono::system_clock::now() noexcept {
  return time_point{system_start + passed};
}
