#include "net/poll/poll_session.hpp"

#include "proto/client_codec.hpp"
#include "proto/errors.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace net {

namespace {

using actors::make_polled;
using roost::link::Polled;

/// How much longer than a poll waits a client may be without one.
constexpr std::chrono::seconds poll_grace{5};

} // namespace

poll_session::poll_session(const config::node_config& config,
                           lane_gateway& where, proto::wire_format format,
                           socket_place place)
    : config_(config), where_(where), place_(std::move(place)), format_(format),
      timer_(*where.polling.self, [this] { on_time(); }) {
  where_.sessions.add(*this);
  transport_counts().open.add();
}

poll_session::~poll_session() {
  transport_counts().open.sub();
}

const std::string& poll_session::run(std::unique_ptr<session_owner> owner) {
  owner_ = std::move(owner);
  name_ = where_.polling.self->enter(shared_from_this());
  expect_poll();
  return name_;
}

// -- what the client asks -----------------------------------------------------

void poll_session::ask(const roost::link::Poll& what, actors::on_polled done) {
  if (what.close()) {
    finish("the client closed the session");
    return done(make_polled(Polled::TAKEN));
  }
  if (what.send() != 0)
    return done(make_polled(take(what)));
  poll(what, std::move(done));
}

poll_session::outcome poll_session::take(const roost::link::Poll& what) {
  switch (order_of(what.send(), sent_)) {
  case poll_order::again:
    return Polled::TAKEN;
  case poll_order::wrong:
    return Polled::OUT_OF_ORDER;
  case poll_order::next:
    break;
  }
  if (!owner_) // the client will hear why
    return Polled::TAKEN;
  if (paused_)
    return Polled::BUSY;
  ++sent_;
  transport_counts().bytes_received.add(what.commands().size());
  owner_->on_message(what.commands(), format_ == proto::wire_format::json
                                          ? message_kind::text
                                          : message_kind::binary);
  return Polled::TAKEN;
}

void poll_session::poll(const roost::link::Poll& what, actors::on_polled done) {
  if (what.again() && what.request() != request_)
    return done(make_polled(Polled::SUPERSEDED));
  const auto kept = queue_.kept_bytes();
  const auto order = queue_.ask(what.answer());
  if (order == poll_order::wrong)
    return done(make_polled(Polled::OUT_OF_ORDER));
  release(Polled::SUPERSEDED);
  request_ = what.request();
  waiting_ = std::move(done);
  if (order == poll_order::next)
    acknowledged(kept);
  if (finished_)
    return;
  if (ending_ && queue_.empty())
    return finish("the client has heard why");
  timer_.expires_after(std::min<std::chrono::milliseconds>(
      std::chrono::milliseconds{what.wait_ms()}, config_.http.poll_wait));
  give();
}

void poll_session::acknowledged(std::size_t bytes) {
  metrics().queued_bytes.sub(static_cast<std::int64_t>(bytes));
  if (owner_ && queued_bytes() < low_mark_) {
    low_mark_ = 0;
    owner_->on_drained();
  }
}

/// Answers the poll that waits, if there is something.
void poll_session::give() {
  if (!waiting_ || queue_.empty())
    return;
  const auto answer = queue_.give();
  auto polled = make_polled(Polled::ANSWER);
  polled.set_number(answer.number);
  auto& messages = *polled.mutable_messages();
  for (const auto& frame : answer.frames) {
    messages += frame->payload();
    if (format_ == proto::wire_format::json)
      messages += '\n';
  }
  transport_counts().bytes_sent.add(messages.size());
  const bool last = ending_ && queue_.gave_all();
  if (last) {
    polled.set_code(ending_->code);
    polled.set_reason(ending_->reason);
  }
  expect_poll();
  std::exchange(waiting_, nullptr)(std::move(polled));
  if (last) // a node that stops waits for it no more
    registered_session::unlink();
}

/// Answers the poll that waits with nothing.
void poll_session::release(outcome why) {
  if (const auto done = std::exchange(waiting_, nullptr))
    done(make_polled(why));
}

/// The last answers are not kept for long: a node that stops waits for it.
void poll_session::expect_poll() {
  timer_.expires_after(ending_ ? poll_grace
                               : config_.http.poll_wait + poll_grace);
}

void poll_session::on_time() {
  if (!waiting_)
    return finish("the client does not poll");
  expect_poll();
  release(Polled::NOTHING);
}

// -- what the connection says -------------------------------------------------

void poll_session::send(const proto::frame_ptr& frame) {
  if (!ending_ && !finished_)
    push(frame);
}

void poll_session::push(const proto::frame_ptr& frame) {
  const auto size = frame->payload().size();
  queue_.push(frame);
  pushed_ += size;
  metrics().queued_bytes.add(static_cast<std::int64_t>(size));
  // A burst is no slowness: a poll that waits takes it before the turn ends.
  if (queued_bytes() > config_.client.queue_max_size)
    give();
  if (waiting_)
    where_.lane->at_turn_end(turn_end_, actors::turn_phase::sockets);
}

std::size_t poll_session::queued_bytes() const {
  return queue_.waiting_bytes();
}

void poll_session::tell_when_below(std::size_t bytes) {
  low_mark_ = std::max(low_mark_, bytes);
}

actors::client_flow poll_session::flow() {
  return {.queued = pushed_,
          .taken = pushed_ - queue_.waiting_bytes() - queue_.kept_bytes()};
}

void poll_session::close(std::uint32_t code, std::string_view reason,
                         bool flush) {
  if (ending_ || finished_)
    return;
  if (code == 0)
    return finish("closed by the server");
  if (!flush) {
    metrics().queued_bytes.sub(
        static_cast<std::int64_t>(queue_.waiting_bytes()));
    queue_.drop_waiting();
  }
  roost::client::Reply last;
  auto& end = *last.mutable_push()->mutable_disconnect();
  end.set_code(code);
  end.set_reason(std::string{reason});
  std::string message;
  if (!proto::append_reply(format_, last, message))
    return finish(reason);
  ending_ = std::make_unique<ending>(ending{code, std::string{reason}});
  push(proto::frame::make(format_, message));
  if (!waiting_)
    expect_poll();
  leave(reason);
}

void poll_session::shut_down() {
  if (owner_) // else it ends already
    owner_->disconnect(proto::disconnect_code::shutdown);
}

void poll_session::cut() {
  finish("the node stops");
}

// -- the end ------------------------------------------------------------------

/// Lets the owner go.
void poll_session::leave(std::string_view why) {
  if (const auto owner = std::move(owner_))
    owner->on_closed(why);
}

void poll_session::finish(std::string_view why) {
  if (std::exchange(finished_, true))
    return;
  // Whoever calls may be its timer.
  asio::post(where_.lane->io(), [hold = shared_from_this()] {});
  timer_.cancel();
  leave(why);
  metrics().queued_bytes.sub(
      static_cast<std::int64_t>(queue_.waiting_bytes() + queue_.kept_bytes()));
  queue_.clear();
  registered_session::unlink();
  where_.polling.self->leave(name_);
  place_.give_back();
  release(Polled::UNKNOWN);
}

} // namespace net
