#include "net/peer/socket_options.hpp"

#include <algorithm>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace net::peer {

void set_peer_socket_options(tcp::socket& socket,
                             std::chrono::milliseconds unacknowledged) {
  auto fd = socket.native_handle();
  auto set = [fd](int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof(value));
  };
  auto seconds = static_cast<int>(unacknowledged.count() / 1000);
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, std::clamp(seconds / 2, 1, 5));
  set(IPPROTO_TCP, TCP_KEEPINTVL, 1);
  set(IPPROTO_TCP, TCP_KEEPCNT, std::max(1, seconds / 2));
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(unacknowledged.count()));
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

} // namespace net::peer
