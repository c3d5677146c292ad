#pragma once

#include "net/asio.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <functional>
#include <memory>

namespace net::peer {

using tls_stream = asio::ssl::stream<tcp::socket>;

/// Carries bytes between an authenticated TLS connection and a socket pair
/// whose other end CAF reads and writes, so that CAF need not know of TLS.
///
/// One buffer each way: nothing is read while what was read before is not
/// written, so a slow end slows the other down and memory is bounded. An end
/// that closes its direction is given a moment for the other one.
class tls_pump final : public std::enable_shared_from_this<tls_pump> {
public:
  explicit tls_pump(std::unique_ptr<tls_stream> stream);
  ~tls_pump();

  /// Makes the pair; returns the end for CAF, -1 with `errno` on failure.
  int open();

  /// Our end of the pair and the TCP socket, for a guard.
  int local_fd() { return local_.native_handle(); }
  int tcp_fd() { return stream_->next_layer().native_handle(); }

  /// Starts both directions; `closed` is called once they have ended.
  void start(std::function<void()> closed);

  /// Ends both directions at once. On the transport's thread.
  void close();

private:
  void read_stream();
  void read_local();
  void on_end(const error_code& ec, bool of_stream);

  std::unique_ptr<tls_stream> stream_;
  asio::local::stream_protocol::socket local_;
  asio::steady_timer grace_;
  std::function<void()> closed_;
  bool stream_ended_ = false;
  bool local_ended_ = false;
  std::array<char, 65536> inbound_;
  std::array<char, 65536> outbound_;
};

} // namespace net::peer
