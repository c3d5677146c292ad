// websocket_echo [PORT]
//
// A WebSocket that says back what it is told, on the sessions of a node: for
// suites that test an implementation of RFC 6455. Listens on 127.0.0.1 only;
// without a port it takes one that is free. Says where, and runs until a signal
// ends it.
#include "net/session/on_plain.hpp"
#include "net/websocket/upgrade.hpp"
#include "net/websocket/websocket_session.hpp"
#include "tests/support/test_system.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>

#include <iostream>
#include <memory>
#include <string>

namespace net {

namespace {

class echo final : public session_owner {
public:
  explicit echo(std::shared_ptr<session> to) : session_(std::move(to)) {}

  void on_message(std::string_view bytes, message_kind kind) override {
    using proto::wire_format;
    session_->send(proto::frame::make(
        kind == message_kind::text ? wire_format::json : wire_format::protobuf,
        bytes));
  }

  void on_drained() override {}

  void on_fault(std::uint32_t code, std::string_view why) override {
    session_->close(code, why, true);
  }

  void disconnect(proto::disconnect_code code) override {
    session_->close(static_cast<std::uint32_t>(code), proto::reason(code),
                    true);
  }

  void on_closed(std::string_view) override {}

private:
  std::shared_ptr<session> session_; // until it has ended
};

config::node_config settings() {
  config::node_config out;
  out.websocket.message_size_limit = 16 << 20;
  out.client.queue_max_size = 64 << 20;
  return out;
}

class echo_server {
public:
  explicit echo_server(std::uint16_t port)
      : acceptor_(lane_.io(), {asio::ip::address_v4::loopback(), port}) {}

  void run() {
    std::cout << "listening on " << acceptor_.local_endpoint() << std::endl;
    accept();
    lane_.run();
  }

private:
  struct guest {
    explicit guest(asio::io_context& io) : socket(io) {}

    plain_socket socket;
    beast::flat_buffer in;
    http::request<http::empty_body> request;
  };

  void accept() {
    const auto next = std::make_shared<guest>(lane_.io());
    acceptor_.async_accept(next->socket, [this, next](error_code ec) {
      if (!ec)
        read(next);
      accept();
    });
  }

  void read(const std::shared_ptr<guest>& x) {
    http::async_read(x->socket, x->in, x->request,
                     [this, x](error_code ec, std::size_t) {
                       if (!ec)
                         serve(*x);
                     });
  }

  void serve(guest& x) {
    const auto key = x.request[http::field::sec_websocket_key];
    const auto made = std::make_shared<on_plain<websocket_session>>(
        config_, where_, std::move(x.socket));
    made->admit();
    const auto early = x.in.data();
    made->run({.owner = std::make_unique<echo>(made),
               .answer = upgrade_answer({key.data(), key.size()}, "")},
              {static_cast<char*>(early.data()), early.size()});
  }

  test_support::test_system system_;
  config::node_config config_ = settings();
  actors::lane lane_{system_.get(), 0};
  lane_gateway where_{lane_, false};
  tcp::acceptor acceptor_;
};

} // namespace

} // namespace net

int main(int argc, char** argv) {
  const auto port = argc > 1 ? std::stoi(argv[1]) : 0;
  net::echo_server{static_cast<std::uint16_t>(port)}.run();
}
