#pragma once

#include "net/session/session.hpp"

#include <boost/asio/ssl/stream.hpp>

namespace net {

/// A WebSocket on TLS.
class tls_session final : public session {
public:
  tls_session(const config::node_config& config, lane_gateway& where,
              tls_socket stream);

private:
  plain_socket& socket() override { return stream_.next_layer(); }
  void await_input() override;
  int start_write(std::vector<iovec>& out) override;
  void on_write(error_code ec);
  void half_close() override;

  tls_socket stream_;
  std::string input_;
  std::string output_;
  bool leaves_ = false; ///< Our close_notify is under way or sent.
  bool raw_ = false;    ///< It is sent: what still comes is read as it is.
};

} // namespace net
