#pragma once

#include "actors/cluster/peer_transport.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace net::peer {

/// Cuts a connection through duplicates of its descriptors, so that it can
/// never touch a descriptor that somebody else has closed and reused.
///
/// The duplicates keep the connection open: after its user has closed it, the
/// other end sees end of file only once the guard was cut or destroyed, unless
/// the user shut it down first.
class fd_guard final : public actors::connection_guard {
public:
  /// Duplicates `fds`; null when there are no descriptors left.
  static std::shared_ptr<fd_guard> of(std::initializer_list<int> fds);

  ~fd_guard() override;
  fd_guard(const fd_guard&) = delete;
  fd_guard& operator=(const fd_guard&) = delete;

  void cut() override;

private:
  fd_guard() = default;

  std::mutex mutex_;
  std::vector<int> fds_;
};

} // namespace net::peer
