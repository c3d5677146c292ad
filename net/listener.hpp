#pragma once

#include "cluster-config/node_config.hpp"
#include "net/accept_trouble.hpp"
#include "net/asio.hpp"
#include "net/http/http_session.hpp"
#include "net/listening_socket.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace net {

/// Accepts sockets at the addresses of one key, on the first lane, and hands
/// them to the lanes in turn. The limits are of all addresses together. One
/// that the limits of the service have no place for gets 503 and the end; under
/// TLS, or when many get it already, the end alone.
class listener {
public:
  /// `node` and what `service` refers to outlive the listener and its sockets.
  /// `key` names the addresses in the configuration, for errors.
  listener(gateway& node, std::string key,
           std::vector<config::socket_address> addresses,
           const config::tls_files& tls, http_service service);

  /// Binds. Throws one line when an address cannot be had: config::error when
  /// it is not allowed, std::runtime_error when that may pass: it is in use, or
  /// not there, or its name is not known yet. Nothing is accepted yet.
  void open(asio::io_context& io);

  /// Where it listens, for people.
  std::string where() const;

  /// Starts to accept, on the thread of the io_context given to `open`.
  void start();

  /// Stops accepting. On the same thread; harmless when repeated.
  void stop();

private:
  struct door {
    door(asio::io_context& io, const config::socket_address& where)
        : socket(io, where), pause(io) {}

    listening_socket socket;
    asio::steady_timer pause;
  };

  void accept(door& at);
  void on_accept(door& at, error_code ec, plain_socket socket,
                 lane_gateway& where);
  void take(plain_socket socket, lane_gateway& where);
  void refuse(admission::refusal why, plain_socket socket, lane_gateway& where);
  void back_off(door& at, error_code why);
  actors::lane_metrics& metrics();

  gateway& node_;
  const std::string key_;
  const std::vector<config::socket_address> addresses_;
  std::unique_ptr<asio::ssl::context> tls_;
  const http_service service_;

  std::vector<std::unique_ptr<door>> doors_;
  std::size_t next_lane_ = 0;
  accept_trouble trouble_;
  std::shared_ptr<admission> admission_;
  /// Sockets that are being told to go.
  std::shared_ptr<std::atomic<std::size_t>> leaving_;
};

} // namespace net
