#include "net/websocket/websocket_session.hpp"

#include "net/session/stranger.hpp"

#include <algorithm>

namespace net {

namespace {

/// Bytes of pongs that wait for a client; it need not get every one.
constexpr std::size_t max_pong_bytes = 16 * 1024;
constexpr std::size_t max_pong_bytes_of_stranger = 4 * 1024;

} // namespace

websocket_session::websocket_session(const config::node_config& config,
                                     lane_gateway& where)
    : session(config, where), frames_(max_message_of_stranger(config)) {}

void websocket_session::compress() {
  auto& lane = where();
  if (!lane.deflate) {
    lane.deflate = std::make_unique<deflater>(
        static_cast<int>(config().websocket.compression_level));
    lane.inflate = std::make_unique<inflater>();
  }
  frames_.inflate(*lane.inflate);
  compresses_ = true;
}

void websocket_session::send(const proto::frame_ptr& frame) {
  using enum proto::frame_form;
  if (!compresses_
      || frame->payload().size() < config().websocket.compression_min_size)
    return session::send(frame.in(form_));
  const auto form = form_ == websocket ? deflated : bare_deflated;
  session::send(frame.in(form, [&](const proto::frame& x) {
    const auto plain = frame.in(form_);
    return proto::frame::make_deflated(
        x.format(), form, where().deflate->compress(plain->payload()));
  }));
}

void websocket_session::admit() {
  admitted_ = true;
  frames_.allow(config().websocket.message_size_limit);
}

void websocket_session::take(std::span<char> bytes) {
  const auto wrong = frames_.read(bytes, *this);
  if (!wrong || finished())
    return;
  if (at() == phase::closing)
    end(wrong->why);
  else
    refuse(static_cast<std::uint32_t>(wrong->code), wrong->why);
}

bool websocket_session::say_end(std::uint32_t code, std::string_view reason) {
  enqueue(close_frame(static_cast<std::uint16_t>(code), reason));
  return true;
}

// -- frame_sink ---------------------------------------------------------------

bool websocket_session::on_message(std::string_view bytes, message_kind kind) {
  transport_counts().bytes_received.add(bytes.size());
  if (at() == phase::open)
    owner().on_message(bytes, kind);
  // A thousand times what it took on the way, maybe.
  const bool has_time = !compresses_ || use_share(bytes.size());
  return has_time && reads();
}

void websocket_session::on_ping(std::string_view payload) {
  if (at() != phase::open)
    return;
  auto pong = pong_frame(payload);
  const auto most = admitted_ ? max_pong_bytes : max_pong_bytes_of_stranger;
  if (queue_.pong_bytes() + pong.size() > most)
    write_now();
  const auto limit = config().client.queue_max_size;
  const auto room = limit - std::min(limit, queued_bytes());
  grow_queue([&] {
    queue_.push_pong(std::move(pong),
                     std::min(queue_.pong_bytes() + room, most));
  });
}

void websocket_session::on_close(std::uint16_t code, std::string_view) {
  if (at() == phase::closing)
    return end("closed by the server");
  enqueue(close_frame(code, {}));
  end("closed by the client with " + std::to_string(code));
}

// -- ping frames --------------------------------------------------------------

// For clients that asked for them in place of the protocol's own pings; their
// pongs are awaited as those are.

void websocket_session::start_pings() {
  const auto interval = config().client.ping_interval;
  if (interval.count() == 0)
    return;
  pings_ = std::make_unique<pinger>(where().lane->io());
  wait_for_ping_time(actors::ping_rhythm::first(interval));
}

void websocket_session::wait_for_ping_time(std::chrono::milliseconds delay) {
  pings_->timer.expires_after(delay);
  pings_->timer.async_wait([this, self = shared_from_this()](error_code ec) {
    if (!ec && at() == phase::open)
      on_ping_time();
  });
}

void websocket_session::on_ping_time() {
  auto& x = *pings_;
  // While we do not read, silence means nothing.
  const bool excused =
      x.rhythm.awaits_pong() && (paused() || x.patience.excuses(flow()));
  const auto step = x.rhythm.next(config().client.ping_interval,
                                  config().client.pong_timeout, excused);
  using enum actors::ping_rhythm::move;
  if (step.what == give_up)
    return owner().disconnect(proto::disconnect_code::no_pong);
  if (step.what == ping) {
    x.patience.ping(flow());
    enqueue(ping_frame());
  }
  wait_for_ping_time(step.next);
}

void websocket_session::on_pong() {
  if (pings_)
    pings_->rhythm.on_pong();
}

} // namespace net
