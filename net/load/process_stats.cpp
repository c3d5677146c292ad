#include "net/load/process_stats.hpp"

#include "net/load/errors.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>
#include <utility>

namespace net::load {

namespace {

std::string read_proc(pid_t pid, const char* name) {
  auto path = "/proc/" + std::to_string(pid) + "/" + name;
  std::ifstream in{path};
  std::stringstream out;
  out << in.rdbuf();
  if (out.view().empty())
    throw load_error("There is no process " + std::to_string(pid)
                     + " (--server-pid): " + path + " can't be read.");
  return std::move(out).str();
}

std::uint64_t number_at(std::string_view text) {
  std::uint64_t out = 0;
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

} // namespace

std::uint64_t cpu_ticks_of(std::string_view stat_line) {
  auto name_end = stat_line.rfind(')');
  if (name_end == stat_line.npos)
    return 0;
  auto rest = stat_line.substr(name_end + 1);
  // After the name: state is word 1, utime 12, stime 13.
  std::uint64_t ticks = 0;
  for (int word = 1; word <= 13; ++word) {
    auto start = rest.find_first_not_of(' ');
    if (start == rest.npos)
      return 0;
    rest.remove_prefix(start);
    if (word >= 12)
      ticks += number_at(rest);
    rest.remove_prefix(std::min(rest.find(' '), rest.size()));
  }
  return ticks;
}

std::uint64_t memory_of(std::string_view status, std::string_view name) {
  auto at = status.find(name);
  return at == status.npos ? 0
                           : number_at(status.substr(at + name.size())) * 1024;
}

process_stats read_process_stats(const std::vector<pid_t>& pids) {
  const auto ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  process_stats out;
  for (auto pid : pids) {
    out.cpu_seconds += static_cast<double>(cpu_ticks_of(read_proc(pid, "stat")))
                       / ticks_per_second;
    auto status = read_proc(pid, "status");
    out.rss += memory_of(status, "VmRSS:");
    out.private_rss += memory_of(status, "RssAnon:");
  }
  return out;
}

} // namespace net::load
