#include "net/session/session.hpp"

#include <boost/asio/post.hpp>

#include <cerrno>
#include <cstring>
#include <sys/socket.h>

// From the socket to the transport.

namespace net {

namespace {

/// Bytes of a client that are read and dropped once its session has ended: as
/// much as the largest message that a node can be told to allow.
constexpr std::size_t max_dropped = std::size_t{64} << 20;

/// Of these, what one system call drops.
constexpr std::size_t drop_size = std::size_t{1} << 20;

/// Bytes of one client that are read before the turn ends. The others of its
/// lane wait for that.
constexpr std::size_t share_of_turn = 16 * 1024;

} // namespace

void session::pause_reading() {
  paused_ = true;
}

void session::resume_reading() {
  if (std::exchange(paused_, false))
    take_rest();
}

/// Goes on with what waits since a stop, but not within what calls this.
void session::take_rest() {
  asio::post(where_.lane->io(), [this, self = shared_from_this()] {
    if (reads() && !drops_input())
      take({});
    wait_readable();
  });
}

bool session::use_share(std::size_t n) {
  read_in_turn_ += n;
  leaves_rest_ = read_in_turn_ >= share_of_turn;
  return !leaves_rest_;
}

bool session::reads() const noexcept {
  return phase_ != phase::finished && !input_ended_
         && !(paused_ && phase_ == phase::open);
}

bool session::drops_input() const noexcept {
  return phase_ == phase::refused || phase_ >= phase::ending;
}

void session::wait_readable() {
  if (!reads() || reading_)
    return;
  if (read_in_turn_ >= share_of_turn)
    return where_.sends.add(*this); // for on_turn_end
  reading_ = true;
  await_input();
}

void session::on_turn_end() {
  if (read_in_turn_ < share_of_turn)
    return;
  read_in_turn_ = 0;
  if (std::exchange(leaves_rest_, false))
    take_rest();
  else
    wait_readable();
}

/// Without a buffer, which most connections would hold for nothing.
void session::await_bytes() {
  socket().async_wait(plain_socket::wait_read,
                      [this, self = shared_from_this()](error_code ec) {
                        if (ec)
                          on_input_end(ec.message());
                        else
                          receive();
                      });
}

void session::receive() {
  if (drops_input())
    return receive_nothing();
  auto& input = where_.input;
  const auto n = ::recv(socket().native_handle(), input.data(), input.size(),
                        MSG_DONTWAIT);
  if (n > 0)
    on_input({input.data(), static_cast<std::size_t>(n)});
  else if (n == 0)
    on_input_end("the client closed the connection");
  else if (errno == EAGAIN || errno == EINTR)
    on_input({});
  else
    on_input_end(std::strerror(errno));
}

/// The kernel drops what came, and copies nothing.
void session::receive_nothing() {
  const auto n = ::recv(socket().native_handle(), nullptr, drop_size,
                        MSG_DONTWAIT | MSG_TRUNC);
  if (n == 0)
    return on_input_end("the client closed the connection");
  if (n < 0 && errno != EAGAIN && errno != EINTR)
    return on_input_end(std::strerror(errno));
  reading_ = false;
  if (n > 0)
    drop(static_cast<std::size_t>(n));
  read_on(n > 0 ? share_of_turn : 0); // it has nothing to say any more
}

void session::on_input(std::span<char> bytes) {
  reading_ = false;
  take_or_drop(bytes);
  read_on(bytes.size());
}

/// `n` bytes were read.
void session::read_on(std::size_t n) {
  read_in_turn_ += n;
  wait_readable();
}

void session::take_or_drop(std::span<char> bytes) {
  if (drops_input())
    drop(bytes.size());
  else
    take(bytes);
}

void session::drop(std::size_t n) {
  dropped_ += n;
  if (dropped_ > max_dropped)
    finish("the client goes on sending");
}

} // namespace net
