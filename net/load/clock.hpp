#pragma once

#include <cstdint>
#include <ctime>

namespace net::load {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t millisecond = 1'000'000;

/// Nanoseconds of the steady clock.
inline std::uint64_t now() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * second
         + static_cast<std::uint64_t>(t.tv_nsec);
}

/// Nanoseconds of processor time that this thread has used.
inline std::uint64_t own_cpu_time() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * second
         + static_cast<std::uint64_t>(t.tv_nsec);
}

inline double to_seconds(std::uint64_t ns) {
  return static_cast<double>(ns) / 1e9;
}

} // namespace net::load
