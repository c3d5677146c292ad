#include "actors/client/connection/impl.hpp"
#include "proto/client_codec.hpp"

#include <spdlog/spdlog.h>

#include <utility>

// From bytes to commands: one after the other; what has to wait stays as bytes,
// and the link reads no more meanwhile.

namespace actors {

namespace {

/// A client whose commands wait for the rate limit longer than this, without
/// ever catching up, is ended.
constexpr std::chrono::seconds max_held_back{10};

/// Where lane_metrics::commands counts a command; the order of command_kinds.
enum kind : std::size_t {
  connect_kind,
  subscribe_kind,
  unsubscribe_kind,
  publish_kind,
  presence_kind,
  presence_stats_kind,
  history_kind,
  rpc_kind,
  send_kind,
  refresh_kind,
  sub_refresh_kind,
  pong_kind,
};

/// The room that a command acts in as a subscriber; empty for none.
const std::string& room_of(const roost::client::Command& command) {
  if (command.has_publish())
    return command.publish().channel();
  if (command.has_history())
    return command.history().channel();
  if (command.has_presence())
    return command.presence().channel();
  if (command.has_presence_stats())
    return command.presence_stats().channel();
  if (command.has_sub_refresh())
    return command.sub_refresh().channel();
  static const std::string none;
  return none;
}

} // namespace

void connection::impl::on_message(std::string_view bytes) {
  if (closing_)
    return;
  if (stage_ == stage::refused || bytes.empty())
    return close(proto::disconnect_code::bad_request);
  if (running_ || blocked() || !backlog_.empty())
    return keep_for_later(bytes, false);
  running_ = true;
  run_commands(bytes);
  running_ = false;
}

bool connection::impl::blocked() const {
  return stage_ == stage::connecting || unsubscribing_ || !awaited_room_.empty()
         || in_flight_ >= max_in_flight
         || (rate_timer_ && rate_timer_->armed());
}

// What acts in a room waits for the subscribe before it: it may be allowed to
// subscribers only, and the client expects to get what it publishes.
bool connection::impl::is_subscribing(const std::string& room) const {
  if (room.empty())
    return false;
  const auto at = subscriptions_.find(room);
  return at != subscriptions_.end() && !at->second.active;
}

void connection::impl::run_commands(std::string_view bytes) {
  proto::command_reader reader{origin_.format, bytes,
                               services_.config->websocket.message_size_limit};
  using status = proto::command_reader::status;
  roost::client::Command command;
  while (!closing_ && stage_ != stage::refused) {
    if (blocked() || held_back_by_rate()) {
      if (!reader.rest().empty())
        keep_for_later(reader.rest(), true);
      return;
    }
    const auto rest = reader.rest();
    switch (reader.next(command)) {
    case status::ok:
      if (const auto& room = room_of(command); is_subscribing(room)) {
        awaited_room_ = room;
        return keep_for_later(rest, true);
      }
      handle(command);
      break;
    case status::end:
      return;
    case status::malformed:
      spdlog::debug("connection {} of user \"{}\" sent no command: {}",
                    client(), user(), reader.reason());
      return close(proto::disconnect_code::bad_request);
    }
  }
}

void connection::impl::keep_for_later(std::string_view bytes, bool at_front) {
  if (!std::exchange(paused_, true))
    link_->pause_reading();
  // A transport may have read one message more than it was to.
  backlog_bytes_ += bytes.size();
  if (backlog_bytes_ > 2 * services_.config->websocket.message_size_limit)
    return close(proto::disconnect_code::too_many_requests);
  backlog_.emplace(at_front ? backlog_.begin() : backlog_.end(), bytes);
}

void connection::impl::resume_commands() {
  if (running_ || closing_)
    return;
  running_ = true;
  while (!backlog_.empty() && !blocked() && !closing_
         && stage_ != stage::refused) {
    const auto bytes = std::move(backlog_.front());
    backlog_.erase(backlog_.begin());
    backlog_bytes_ -= bytes.size();
    run_commands(bytes);
  }
  running_ = false;
  if (!backlog_.empty() && stage_ != stage::refused)
    return;
  backlog_ = {};
  backlog_bytes_ = 0;
  held_back_since_ = time_point::max();
  if (!blocked() && !closing_ && std::exchange(paused_, false))
    link_->resume_reading();
}

void connection::impl::resume_at_turn_end() {
  if (backlog_.empty() && !paused_)
    return;
  resume_ = true;
  self_.home_lane().at_turn_end(turn_end_, turn_phase::fan_out);
}

bool connection::impl::held_back_by_rate() {
  const auto wait = rate_.wait(limits().commands_per_second, now());
  if (wait.count() == 0)
    return false;
  held_back_since_ = std::min(held_back_since_, now());
  if (now() - held_back_since_ > max_held_back) {
    close(proto::disconnect_code::too_many_requests);
    return true;
  }
  if (!rate_timer_)
    rate_timer_ =
        std::make_unique<lane_timer>(self_, [this] { resume_commands(); });
  rate_timer_->expires_after(wait);
  return true;
}

void connection::impl::handle(roost::client::Command& command) {
  const bool pong = command.id() == 0 && !command.has_send();
  if (pong) {
    metrics().commands[pong_kind].add();
    return on_pong();
  }
  rate_.take(limits().commands_per_second, now());
  if (stage_ != stage::connected && !command.has_connect())
    return close(proto::disconnect_code::bad_request);
  dispatch(command);
}

void connection::impl::dispatch(roost::client::Command& command) {
  const auto id = command.id();
  const auto count = [this, id](kind what) {
    metrics().commands[what].add();
    if (id != 0 && what != send_kind)
      begun_.push_back({id, what, now()});
  };
  if (command.has_connect()) {
    count(connect_kind);
    connect(id, *command.mutable_connect());
  } else if (command.has_subscribe()) {
    count(subscribe_kind);
    subscribe(id, command.subscribe());
  } else if (command.has_unsubscribe()) {
    count(unsubscribe_kind);
    unsubscribe(id, command.unsubscribe().channel());
  } else if (command.has_publish()) {
    count(publish_kind);
    publish(id, *command.mutable_publish());
  } else if (command.has_presence()) {
    count(presence_kind);
    presence(id, command.presence().channel());
  } else if (command.has_presence_stats()) {
    count(presence_stats_kind);
    presence_stats(id, command.presence_stats().channel());
  } else if (command.has_history()) {
    count(history_kind);
    history(id, command.history());
  } else if (command.has_rpc()) {
    count(rpc_kind);
    rpc(id, *command.mutable_rpc());
  } else if (command.has_send()) {
    // Nothing takes messages without an answer.
    count(send_kind);
    close(proto::disconnect_code::not_available);
  } else if (command.has_refresh()) {
    count(refresh_kind);
    refresh(id, command.refresh());
  } else if (command.has_sub_refresh()) {
    count(sub_refresh_kind);
    sub_refresh(id, command.sub_refresh());
  } else {
    close(proto::disconnect_code::bad_request);
  }
}

} // namespace actors
