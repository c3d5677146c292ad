#pragma once

#include "actors/cluster/peer_transport.hpp"

#include <utility>

namespace actors {

/// Owns a connection to a peer until CAF takes the socket: wherever it is
/// dropped, the connection ends. Travels in messages as a shared_ptr.
class peer_socket {
public:
  explicit peer_socket(peer_connection x) : connection_(std::move(x)) {}
  ~peer_socket() { drop(); }

  peer_socket(const peer_socket&) = delete;
  peer_socket& operator=(const peer_socket&) = delete;

  const peer_identity& peer() const { return connection_.peer; }

  /// Whether this node opened it.
  bool dialled() const { return connection_.dialled; }

  /// Ends the connection, also when somebody took the socket.
  void cut() {
    if (connection_.guard)
      connection_.guard->cut();
  }

  /// The socket, for whoever closes it from now on. Once only.
  int take_fd() { return std::exchange(connection_.fd, -1); }

  /// Ends the connection and closes the socket unless somebody took it.
  void drop();

private:
  peer_connection connection_;
};

} // namespace actors
