#include "net/session/session.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <linux/sockios.h>
#include <sys/ioctl.h>

// From what is queued to the socket, at the end of each turn.

namespace net {

void session::count_growth(std::size_t before) {
  metrics().queued_bytes.add(static_cast<std::int64_t>(queue_.bytes())
                             - static_cast<std::int64_t>(before));
  where_.sends.add(*this);
}

void session::send(const proto::frame_ptr& frame) {
  if (phase_ >= phase::closing)
    return;
  grow_queue([&] { queue_.push(frame); });
  // A burst is no slowness: a socket that can takes it before the turn ends.
  const auto limit = config_.client.queue_max_size;
  if (queued_bytes() > limit)
    while (!writing_ && queued_bytes() > limit / 2)
      write_now();
}

void session::enqueue(std::string bytes) {
  if (phase_ != phase::finished)
    grow_queue([&] { queue_.push(std::move(bytes)); });
}

std::size_t session::queued_bytes() const {
  return queue_.bytes() + in_flight_;
}

void session::tell_when_below(std::size_t bytes) {
  low_mark_ = std::max(low_mark_, bytes);
}

/// Of TLS the kernel counts a little more than was handed over.
actors::client_flow session::flow() {
  const auto unacked = std::min<std::uint64_t>(written_, unacknowledged());
  return {.queued = written_ + queued_bytes(), .taken = written_ - unacked};
}

// -- batched_sender -----------------------------------------------------------

std::shared_ptr<void> session::hold() {
  return shared_from_this();
}

int session::gather(std::vector<iovec>& out) {
  on_turn_end();
  if (writing_ || phase_ == phase::finished)
    return -1;
  if (!queue_.empty())
    return start_write(out);
  if (phase_ == phase::ending) // else it was told when that was so
    on_all_written();
  return -1;
}

void session::on_sent(int result) {
  if (phase_ == phase::finished)
    return;
  if (result == -EAGAIN)
    return wait_writable();
  if (result < 0)
    return write_failed(std::strerror(-result));
  queue_.consume(static_cast<std::size_t>(result));
  written(static_cast<std::size_t>(result));
}

void session::write_now() {
  if (writing_ || phase_ == phase::finished || queue_.empty())
    return;
  std::vector<iovec> buffers;
  send_request all{.socket = start_write(buffers),
                   .buffers = buffers.data(),
                   .buffer_count = buffers.size(),
                   .result = 0};
  if (all.socket < 0)
    return;
  send_each({&all, 1});
  on_sent(all.result);
}

void session::wait_writable() {
  writing_ = true;
  arm_stall();
  socket().async_wait(plain_socket::wait_write,
                      [this, self = shared_from_this()](error_code ec) {
                        writing_ = false;
                        if (ec)
                          return write_failed(ec.message());
                        where_.sends.add(*this);
                      });
}

void session::written(std::size_t n) {
  metrics().queued_bytes.sub(static_cast<std::int64_t>(n));
  transport_counts().bytes_sent.add(n);
  written_ += n;
  if (owner_ && queued_bytes() < low_mark_) {
    low_mark_ = 0;
    owner_->on_drained();
  }
  if (!queue_.empty()) { // the socket was full, or there were many buffers
    if (stall_)
      arm_stall(); // it moves
    return where_.sends.add(*this);
  }
  stall_.reset();
  on_all_written();
}

void session::write_failed(std::string_view why) {
  finish("a write failed: " + std::string{why});
}

/// Bytes that the kernel has taken and the client's has not.
std::size_t session::unacknowledged() {
  int bytes = 0;
  return ::ioctl(socket().native_handle(), SIOCOUTQ, &bytes) == 0
             ? static_cast<std::size_t>(bytes)
             : 0;
}

/// A client that takes nothing for write_timeout is ended. The kernel may hold
/// more than a slow one takes in that time: what the client's kernel has
/// acknowledged counts, too.
void session::arm_stall() {
  if (!stall_)
    stall_ = std::make_unique<asio::steady_timer>(where_.lane->io());
  stall_->expires_after(config_.websocket.write_timeout);
  stall_->async_wait([this, self = shared_from_this(),
                      before = unacknowledged()](error_code ec) {
    if (ec || phase_ == phase::finished)
      return;
    if (unacknowledged() < before)
      return arm_stall();
    finish("the client took no data for the write timeout");
  });
}

} // namespace net
