#pragma once

#include "actors/cluster/peer_transport.hpp"
#include "net/peer/peer_metrics.hpp"
#include "net/peer/peer_options.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace net::peer {

/// Opens, accepts and authenticates connections between nodes on a thread of
/// its own; the only port through which nodes talk.
///
/// Without TLS a connection that was handed out is a plain TCP socket and no
/// longer concerns the transport. With TLS it is one end of a socket pair, and
/// the transport's thread carries its bytes: it lives no longer than the
/// transport.
///
/// Refusals are logged here, on both sides; `on_failed` need not log them
/// again. A host that cannot be reached is left to `on_failed`.
class asio_peer_transport final : public actors::peer_transport {
public:
  explicit asio_peer_transport(peer_options options);

  /// Stops, cuts the TLS connections that were handed out, joins the thread.
  /// Not to be called from a callback.
  ~asio_peer_transport() override;

  /// Checks the options, loads the certificates and binds the port, so that
  /// what is wrong shows before anything starts. Throws std::runtime_error
  /// with a sentence that names the address or file at fault.
  void open();

  /// The bound port; 0 before `open`.
  std::uint16_t port() const;

  /// Needs `open`. Accepts and dials from now on.
  void start(on_connected connected, on_failed failed) override;

  /// Dials once; before `start` it waits for it. `on_failed` also says that
  /// the transport was stopped.
  void dial(std::string address) override;

  /// Connects, and closes at once what came of it.
  void probe(std::string address,
             std::function<void(bool closed)> done) override;

  /// Returns at once; a callback may be under way.
  void stop() override;

  /// Alive as long as the transport.
  const peer_metrics& metrics() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace net::peer
