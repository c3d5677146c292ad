#include "net/admission/descriptors.hpp"

#include <algorithm>
#include <sys/resource.h>

namespace net {

namespace {

/// Links, handshakes between nodes, sockets that are being refused, lanes, logs
/// and files.
constexpr std::size_t for_the_node = 512;

constexpr std::size_t max_leaving = 64;

} // namespace

descriptor_shares share_descriptors(std::size_t all, std::size_t internal) {
  const auto kept = std::min(all / 2, internal + for_the_node);
  return {.all = all,
          .clients = all - kept,
          .internal =
              std::min(internal,
                       std::max(kept / 2, kept - std::min(kept, for_the_node))),
          .leaving = std::min(max_leaving, kept / 8)};
}

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return 1024;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

} // namespace net
