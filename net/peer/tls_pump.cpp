#include "net/peer/tls_pump.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>

#include <cerrno>
#include <chrono>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace net::peer {

namespace {

constexpr std::chrono::seconds end_grace{1};

bool is_end(const error_code& ec) {
  return ec == asio::error::eof || ec == asio::ssl::error::stream_truncated;
}

} // namespace

tls_pump::tls_pump(std::unique_ptr<tls_stream> stream)
    : stream_(std::move(stream)), local_(stream_->get_executor()),
      grace_(stream_->get_executor()) {}

tls_pump::~tls_pump() {
  close();
}

int tls_pump::open() {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair)
      != 0)
    return -1;
  error_code ec;
  local_.assign(asio::local::stream_protocol(), pair[0], ec);
  if (!ec)
    return pair[1];
  ::close(pair[0]);
  ::close(pair[1]);
  errno = ec.value();
  return -1;
}

void tls_pump::start(std::function<void()> closed) {
  closed_ = std::move(closed);
  read_stream();
  read_local();
}

void tls_pump::close() {
  error_code ignored;
  auto& socket = stream_->next_layer();
  // A guard may hold duplicates, so closing alone would end nothing.
  socket.shutdown(tcp::socket::shutdown_both, ignored);
  socket.close(ignored);
  local_.shutdown(asio::socket_base::shutdown_both, ignored);
  local_.close(ignored);
  grace_.cancel();
  if (auto closed = std::exchange(closed_, nullptr))
    closed();
}

void tls_pump::read_stream() {
  stream_->async_read_some(asio::buffer(inbound_), [self = shared_from_this()](
                                                       const error_code& ec,
                                                       std::size_t size) {
    if (ec)
      return self->on_end(ec, true);
    asio::async_write(self->local_, asio::buffer(self->inbound_.data(), size),
                      [self](const error_code& failed, std::size_t) {
                        if (failed)
                          return self->close();
                        self->read_stream();
                      });
  });
}

void tls_pump::read_local() {
  local_.async_read_some(
      asio::buffer(outbound_),
      [self = shared_from_this()](const error_code& ec, std::size_t size) {
        if (ec)
          return self->on_end(ec, false);
        asio::async_write(*self->stream_,
                          asio::buffer(self->outbound_.data(), size),
                          [self](const error_code& failed, std::size_t) {
                            if (failed)
                              return self->close();
                            self->read_local();
                          });
      });
}

void tls_pump::on_end(const error_code& ec, bool of_stream) {
  if (!is_end(ec))
    return close();
  (of_stream ? stream_ended_ : local_ended_) = true;
  if (stream_ended_ && local_ended_)
    return close();
  error_code ignored;
  if (of_stream)
    local_.shutdown(asio::socket_base::shutdown_send, ignored);
  else
    stream_->next_layer().shutdown(tcp::socket::shutdown_send, ignored);
  grace_.expires_after(end_grace);
  grace_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled)
      self->close();
  });
}

} // namespace net::peer
