#include "net/session/session.hpp"
#include "proto/errors.hpp"

#include <algorithm>

// How a session ends: what says so goes out last, then our side of the socket
// is shut, and what the client still sends is dropped until it closes, too. A
// socket that is closed with unread bytes is reset, and the client would lose
// what it was told.

namespace net {

namespace {

/// How long a client may take to answer the end, and to close.
constexpr std::chrono::milliseconds close_grace{5000};

/// A client that takes what was queued before the end may take it so slowly.
constexpr std::size_t min_bytes_per_second = 16 * 1024;

} // namespace

void session::close(std::uint32_t code, std::string_view reason, bool flush) {
  if (phase_ >= phase::closing)
    return;
  if (code == 0)
    return finish("closed by the server");
  const bool may_answer = phase_ == phase::open;
  phase_ = phase::closing;
  if (!flush)
    drop_unstarted();
  if (!say_end(code, reason) || !may_answer)
    return end(reason);
  expect_end_of_queue();
  wait_readable();
}

void session::refuse(std::uint32_t code, std::string_view why) {
  phase_ = phase::refused;
  owner_->on_fault(code, why);
}

void session::on_input_end(std::string_view why) {
  reading_ = false;
  if (phase_ == phase::finished)
    return;
  input_ended_ = true;
  if (phase_ == phase::lingering)
    return finish(why);
  end(why);
}

void session::end(std::string_view why) {
  phase_ = phase::ending;
  leave(why);
  if (phase_ == phase::finished)
    return;
  expect_end_of_queue();
  where_.sends.add(*this);
  wait_readable();
}

void session::on_all_written() {
  if (phase_ == phase::closing)
    return expect_end(close_grace);
  if (phase_ != phase::ending)
    return;
  if (input_ended_)
    return finish("closed");
  phase_ = phase::lingering;
  expect_end(close_grace);
  half_close();
}

void session::shut_down_sending() {
  error_code ignored;
  socket().shutdown(plain_socket::shutdown_send, ignored);
}

void session::drop_unstarted() {
  const auto before = queue_.bytes();
  queue_.drop_unstarted();
  metrics().queued_bytes.sub(
      static_cast<std::int64_t>(before - queue_.bytes()));
}

/// Each part must move within the write timeout as ever; this bounds the whole.
void session::expect_end_of_queue() {
  const std::chrono::seconds slowest{queued_bytes() / min_bytes_per_second};
  expect_end(slowest + close_grace);
}

void session::expect_end(std::chrono::milliseconds within) {
  if (!grace_)
    grace_ = std::make_unique<asio::steady_timer>(where_.lane->io());
  grace_->expires_after(within);
  grace_->async_wait([this, self = shared_from_this()](error_code ec) {
    if (!ec)
      finish("the client did not close in time");
  });
}

/// Lets the owner go.
void session::leave(std::string_view why) {
  if (const auto owner = std::move(owner_))
    owner->on_closed(why);
}

void session::finish(std::string_view why) {
  if (phase_ == phase::finished)
    return;
  const auto hold = shared_from_this();
  phase_ = phase::finished;
  grace_.reset();
  stall_.reset();
  on_finish();
  leave(why);
  metrics().queued_bytes.sub(static_cast<std::int64_t>(queued_bytes()));
  in_flight_ = 0;
  queue_.clear();
  batched_sender::unlink();
  registered_session::unlink();
  error_code ignored;
  socket().shutdown(plain_socket::shutdown_both, ignored);
  socket().close(ignored);
  place_.give_back();
}

} // namespace net
