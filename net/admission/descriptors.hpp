#pragma once

#include <cstddef>

namespace net {

/// How the descriptors of the process are shared out: what clients may take, so
/// that there are some left for who must get in: backends, admins, health
/// checks, other nodes, files.
struct descriptor_shares {
  std::size_t all;
  std::size_t clients;
  std::size_t internal;
  /// Sockets of each address, over those, that are being told that they must
  /// go.
  std::size_t leaving;

  std::size_t kept() const { return all - clients; }
};

/// Shares out `all` descriptors; `internal`: limits.internal_connections. With
/// few descriptors clients get half of them, and the internal address half of
/// the rest.
descriptor_shares share_descriptors(std::size_t all, std::size_t internal);

/// Raises the limit of the process as far as it may; answers what it is then.
std::size_t raise_descriptor_limit();

} // namespace net
