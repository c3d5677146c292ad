#include "net/peer/fd_guard.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace net::peer {

std::shared_ptr<fd_guard> fd_guard::of(std::initializer_list<int> fds) {
  std::shared_ptr<fd_guard> guard{new fd_guard};
  for (auto fd : fds) {
    auto copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
      return nullptr;
    guard->fds_.push_back(copy);
  }
  return guard;
}

fd_guard::~fd_guard() {
  for (auto fd : fds_)
    ::close(fd);
}

void fd_guard::cut() {
  std::lock_guard lock{mutex_};
  for (auto fd : fds_) {
    ::shutdown(fd, SHUT_RDWR);
    ::close(fd);
  }
  fds_.clear();
}

} // namespace net::peer
