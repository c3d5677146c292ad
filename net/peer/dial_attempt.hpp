#pragma once

#include "cluster-config/address.hpp"
#include "net/asio.hpp"
#include "net/peer/refusal.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace net::peer {

/// Resolves an address and connects to it, within a time limit.
class dial_attempt final : public std::enable_shared_from_this<dial_attempt> {
public:
  using outcome = std::variant<tcp::socket, refusal>;
  using on_finished = std::function<void(outcome)>;

  explicit dial_attempt(asio::io_context& io);

  /// Calls `finished` once, never from within `start`. The limit holds even
  /// while the system's resolver hangs.
  void start(const std::string& address, std::chrono::milliseconds limit,
             on_finished finished);

  void give_up(refusal_reason reason, std::string why);

  /// Whether the host is there, and nobody listens: at each address that its
  /// name has.
  bool nobody_listens() const { return tried_ > 0 && closed_ == tried_; }

private:
  void resolve(const config::address& target);
  void connect(const tcp::resolver::results_type& endpoints);
  void note(const error_code& ec);
  void settle(outcome result);

  tcp::resolver resolver_;
  tcp::socket socket_;
  asio::steady_timer deadline_;
  std::size_t tried_ = 0;  // addresses
  std::size_t closed_ = 0; // of these
  on_finished finished_;
};

} // namespace net::peer
