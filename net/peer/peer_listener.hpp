#pragma once

#include "net/accept_trouble.hpp"
#include "net/peer/authenticator.hpp"
#include "net/peer/peer_metrics.hpp"
#include "net/peer/peer_options.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace net::peer {

/// The port between nodes: accepts, and authenticates a bounded number of
/// connections at a time. When one more comes, the oldest that has said
/// nothing yet is closed (the oldest of all when each has spoken). When
/// nothing can be accepted it waits rather than spins.
class peer_listener {
public:
  /// Called with the address of the other side.
  using on_finished =
      std::function<void(const std::string& from, authenticator::outcome)>;

  /// The references must outlive it.
  peer_listener(asio::io_context& io, const peer_options& options,
                const handshake_terms& terms, asio::ssl::context* tls,
                peer_metrics& metrics);

  /// Binds and listens; throws std::runtime_error with a sentence, as
  /// std::system_error where another attempt may succeed.
  void open();

  /// The port that is bound; 0 before `open`.
  std::uint16_t port() const { return port_; }

  void start(on_finished finished);

  /// Closes the port and all that is not yet authenticated.
  void stop();

private:
  void accept();
  void on_accept(tcp::socket socket);
  void pause(const error_code& why);
  void make_room();

  const peer_options& options_;
  const handshake_terms& terms_;
  asio::ssl::context* tls_;
  peer_metrics& metrics_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  accept_trouble trouble_;
  std::uint16_t port_ = 0;
  on_finished finished_;
  std::uint64_t last_id_ = 0;
  /// By age.
  std::map<std::uint64_t, std::shared_ptr<authenticator>> pending_;
};

} // namespace net::peer
