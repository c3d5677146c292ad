#pragma once

#include "cluster-config/node_config.hpp"
#include "net/accept_trouble.hpp"
#include "net/asio.hpp"
#include "net/http/http_session.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <memory>
#include <string>

namespace net {

/// Accepts sockets at one address, on the first lane, and hands them to the
/// lanes in turn. One that the limits of the service have no place for gets 503
/// and the end; under TLS, or when many get it already, the end alone.
class listener {
public:
  /// `node` and what `service` refers to outlive the listener and its sockets.
  /// `key` names the address's key in the configuration, for errors.
  listener(gateway& node, std::string key, config::address address,
           const config::tls_files& tls, http_service service);

  /// Binds. Throws one line when the address cannot be had: config::error when
  /// it is not allowed, std::runtime_error when that may pass: it is in use, or
  /// not there, or its name is not known yet. Nothing is accepted yet.
  void open(asio::io_context& io);

  /// The port that it is bound to.
  std::uint16_t port() const;

  /// Starts to accept, on the thread of the io_context given to `open`.
  void start();

  /// Stops accepting. On the same thread; harmless when repeated.
  void stop();

private:
  void accept();
  void on_accept(error_code ec, plain_socket socket, lane_gateway& where);
  void take(plain_socket socket, lane_gateway& where);
  void refuse(admission::refusal why, plain_socket socket, lane_gateway& where);
  void back_off(error_code why);
  actors::lane_metrics& metrics();

  gateway& node_;
  const std::string key_;
  const config::address address_;
  std::unique_ptr<asio::ssl::context> tls_;
  const http_service service_;

  std::unique_ptr<tcp::acceptor> acceptor_;
  std::unique_ptr<asio::steady_timer> pause_;
  std::size_t next_lane_ = 0;
  accept_trouble trouble_;
  std::shared_ptr<admission> admission_;
  /// Sockets that are being told to go.
  std::shared_ptr<std::atomic<std::size_t>> leaving_;
};

} // namespace net
