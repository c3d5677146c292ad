#include "actors/cluster/peer_socket.hpp"

#include <unistd.h>

namespace actors {

void peer_socket::drop() {
  if (connection_.fd < 0)
    return;
  cut();
  ::close(take_fd());
}

} // namespace actors
