#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace actors {

/// Who a node says it is, once it has proved the cluster secret.
struct peer_identity {
  std::string node;        ///< The configured name, unique in the cluster.
  std::string incarnation; ///< Random for each start, 16 hex digits.
  std::string address;     ///< host:port at which others may dial it.
  bool coordinator = false;
};

/// Holds the right to cut a connection that CAF reads and writes.
class connection_guard {
public:
  virtual ~connection_guard() = default;

  /// Cuts the connection at once; both ends see end of file. Thread-safe,
  /// harmless when repeated.
  virtual void cut() = 0;
};

/// An authenticated connection to a peer that CAF does not own yet.
struct peer_connection {
  peer_identity peer;
  bool dialled = false; ///< True on the side that opened it.
  int fd = -1;          ///< Non-blocking; whoever takes it must close it.
  std::shared_ptr<connection_guard> guard;
};

/// Opens, accepts and authenticates connections between nodes. Lives in net/;
/// actors know only this.
class peer_transport {
public:
  using on_connected = std::function<void(peer_connection)>;
  /// Why the peer at `address` was not reached or refused us, as a sentence.
  using on_failed = std::function<void(std::string address, std::string why)>;

  virtual ~peer_transport() = default;

  /// Starts accepting. The callbacks run on a thread of the transport.
  virtual void start(on_connected connected, on_failed failed) = 0;

  /// Dials `address` (host:port) once and calls back exactly once. Thread-safe.
  virtual void dial(std::string address) = 0;

  /// Tries `address` and calls back exactly once; `closed` when its host is
  /// there and says that nobody listens: the process that did has ended.
  /// Thread-safe.
  virtual void probe(std::string address,
                     std::function<void(bool closed)> done) = 0;

  /// Stops accepting and dialling; connections handed out stay. Thread-safe.
  virtual void stop() = 0;
};

} // namespace actors
