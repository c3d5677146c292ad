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

/// Asks the kernel. Throws load_error when one of the processes is not there.
process_stats read_process_stats(const std::vector<pid_t>& pids);

/// The value of a line such as "VmRSS:   1234 kB", in bytes; 0 without one.
std::uint64_t memory_of(std::string_view status, std::string_view name);

} // namespace net::load
