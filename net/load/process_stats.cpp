#include "net/load/process_stats.hpp"

#include "net/load/errors.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

namespace net::load {

namespace {

load_error no_process(pid_t pid, const std::string& what) {
  return load_error("There is no process " + std::to_string(pid)
                    + " (--server-pid): " + what + " can't be read.");
}

std::string read_proc(pid_t pid, const char* name) {
  auto path = "/proc/" + std::to_string(pid) + "/" + name;
  std::ifstream in{path};
  std::stringstream out;
  out << in.rdbuf();
  if (out.view().empty())
    throw no_process(pid, path);
  return std::move(out).str();
}

// In nanoseconds underneath, where /proc/PID/stat counts in ticks of 10 ms.
double cpu_seconds_of(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0)
    throw no_process(pid, "its CPU clock");
  return static_cast<double>(time.tv_sec)
         + static_cast<double>(time.tv_nsec) / 1e9;
}

std::uint64_t number_at(std::string_view text) {
  std::uint64_t out = 0;
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

} // namespace

std::uint64_t memory_of(std::string_view status, std::string_view name) {
  auto at = status.find(name);
  return at == status.npos ? 0
                           : number_at(status.substr(at + name.size())) * 1024;
}

process_stats read_process_stats(const std::vector<pid_t>& pids) {
  process_stats out;
  for (auto pid : pids) {
    out.cpu_seconds += cpu_seconds_of(pid);
    auto status = read_proc(pid, "status");
    out.rss += memory_of(status, "VmRSS:");
    out.private_rss += memory_of(status, "RssAnon:");
  }
  return out;
}

} // namespace net::load
