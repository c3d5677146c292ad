#pragma once

#include "net/peer/handshake.hpp"
#include "net/peer/tls_pump.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace net::peer {

/// A connection whose other side has proved itself; one of the two is set.
struct channel {
  actors::peer_identity peer;
  std::optional<tcp::socket> plain;
  std::unique_ptr<tls_stream> tls;
};

/// Takes one connected socket through TLS (if `tls` is given) and the
/// handshake, within a time limit and 4 KiB of memory.
///
/// Reads not one byte beyond the handshake. A refusal is written before the
/// socket is closed, and the other side gets the rest of the time to read it.
class authenticator final : public std::enable_shared_from_this<authenticator> {
public:
  using outcome = std::variant<channel, refusal>;
  using on_finished = std::function<void(outcome)>;

  /// `terms` and `tls` must outlive it.
  authenticator(tcp::socket socket, role side, const handshake_terms& terms,
                asio::ssl::context* tls);

  /// Calls `finished` once, never from within `start`.
  void start(std::chrono::milliseconds limit, on_finished finished);

  /// Ends it now, with this reason unless it was refused for another before.
  void give_up(refusal_reason reason, std::string why);

  /// True once the other side sent something that makes sense.
  bool has_spoken() const { return has_spoken_; }

private:
  void arm_deadline(std::chrono::milliseconds limit);
  asio::awaitable<void> run();
  template <class Stream>
  asio::awaitable<void> converse(Stream& stream, handshake& talk);
  template <class Stream>
  asio::awaitable<bool> read_frame(Stream& stream, frame_header& header,
                                   std::string& body);
  asio::awaitable<void> wait_for_end();

  void fail(const error_code& ec);
  void settle(outcome result);
  tcp::socket& socket() { return tls_ ? tls_->next_layer() : *plain_; }

  const role side_;
  const handshake_terms& terms_;
  std::optional<tcp::socket> plain_;
  std::unique_ptr<tls_stream> tls_;
  asio::steady_timer deadline_;
  on_finished finished_;
  std::optional<refusal> refused_;
  bool has_spoken_ = false;
};

} // namespace net::peer
