#include "net/websocket/session/session.hpp"

#include <boost/asio/post.hpp>

#include <cerrno>
#include <cstring>
#include <sys/socket.h>

// From bytes to the owner's messages.

namespace net {

namespace {

/// Bytes of a client that are read and dropped once its session has ended: as
/// much as the largest message that a node can be told to allow.
constexpr std::size_t max_dropped = std::size_t{64} << 20;

} // namespace

void session::pause_reading() {
  paused_ = true;
}

void session::resume_reading() {
  if (!std::exchange(paused_, false))
    return;
  // Not within what a read has called.
  asio::post(where_.lane->io(), [this, self = shared_from_this()] {
    if (reads() && !drops_input())
      take({});
    wait_readable();
  });
}

bool session::reads() const noexcept {
  return phase_ != phase::finished && !input_ended_
         && !(paused_ && phase_ == phase::open);
}

bool session::drops_input() const noexcept {
  return phase_ == phase::refused || phase_ >= phase::ending;
}

void session::wait_readable() {
  if (reads() && !std::exchange(reading_, true))
    await_input();
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

void session::on_input(std::span<char> bytes) {
  reading_ = false;
  take(bytes);
  wait_readable();
}

void session::take(std::span<char> bytes) {
  if (drops_input())
    return drop(bytes.size());
  const auto wrong = frames_.read(bytes, *this);
  if (wrong && phase_ != phase::finished)
    refuse(*wrong);
}

void session::drop(std::size_t n) {
  dropped_ += n;
  if (dropped_ > max_dropped)
    finish("the client goes on sending");
}

// -- frame_sink ---------------------------------------------------------------

bool session::on_message(std::string_view bytes, message_kind kind) {
  metrics().bytes_received.add(bytes.size());
  if (phase_ == phase::open)
    owner_->on_message(bytes, kind);
  return reads();
}

} // namespace net
