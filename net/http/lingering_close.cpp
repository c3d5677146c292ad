#include "net/http/lingering_close.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <memory>

namespace net {

namespace {

constexpr std::chrono::milliseconds silence{1000};

class lingering : public std::enable_shared_from_this<lingering> {
public:
  lingering(lane_gateway& where, plain_socket socket,
            std::chrono::milliseconds limit, socket_place place,
            std::shared_ptr<void> held = nullptr)
      : where_(where), socket_(std::move(socket)), deadline_(where.lane->io()),
        end_(std::chrono::steady_clock::now() + limit),
        place_(std::move(place)), held_(std::move(held)) {}

  /// Sends `text` first.
  void say(std::string text) {
    text_ = std::move(text);
    wait();
    asio::async_write(
        socket_, asio::buffer(text_),
        [self = shared_from_this()](error_code, std::size_t) { self->run(); });
  }

  void run() {
    error_code ignored;
    socket_.shutdown(plain_socket::shutdown_send, ignored);
    wait();
    discard();
  }

private:
  void wait() {
    deadline_.expires_after(silence);
    deadline_.async_wait([self = shared_from_this()](error_code ec) {
      if (!ec)
        self->close();
    });
  }

  void discard() {
    socket_.async_read_some(
        asio::buffer(where_.input),
        [self = shared_from_this()](error_code ec, std::size_t) {
          if (ec || std::chrono::steady_clock::now() > self->end_)
            return self->close();
          self->wait();
          self->discard();
        });
  }

  void close() {
    deadline_.cancel();
    error_code ignored;
    socket_.close(ignored);
  }

  lane_gateway& where_;
  plain_socket socket_;
  asio::steady_timer deadline_;
  std::chrono::steady_clock::time_point end_;
  socket_place place_;
  std::shared_ptr<void> held_;
  std::string text_;
};

} // namespace

void close_lingering(lane_gateway& where, plain_socket socket,
                     std::chrono::milliseconds limit, socket_place place) {
  std::make_shared<lingering>(where, std::move(socket), limit, std::move(place))
      ->run();
}

void turn_away(lane_gateway& where, plain_socket socket, const std::string& why,
               std::shared_ptr<void> held) {
  const auto end = std::make_shared<lingering>(
      where, std::move(socket), silence, socket_place{}, std::move(held));
  if (why.empty())
    return end->run();
  const auto body = "503 service unavailable: " + why + '\n';
  end->say("HTTP/1.1 503 Service Unavailable\r\nServer: Roost\r\n"
           "Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
           "Content-Length: "
           + std::to_string(body.size()) + "\r\n\r\n" + body);
}

} // namespace net
