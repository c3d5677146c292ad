#pragma once

#include <cstdint>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace net::load {

/// What processes took, summed.
struct process_stats {
  double cpu_seconds = 0;        ///< User and system time since their start.
  std::uint64_t rss = 0;         ///< Bytes of memory in use.
  std::uint64_t private_rss = 0; ///< Of that, not backed by files or shared.
};

/// Reads /proc. Throws load_error when one of the processes is not there.
process_stats read_process_stats(const std::vector<pid_t>& pids);

/// User and system time, in ticks, of a line of /proc/PID/stat; the name in it
/// may hold blanks and brackets. 0 for what is no such line.
std::uint64_t cpu_ticks_of(std::string_view stat_line);

/// The value of a line such as "VmRSS:   1234 kB", in bytes; 0 without one.
std::uint64_t memory_of(std::string_view status, std::string_view name);

} // namespace net::load
