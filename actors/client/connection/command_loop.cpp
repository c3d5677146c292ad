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
    case status::ok: {
      const auto* kind = kind_of(command);
      if (kind != nullptr && kind->room != nullptr
          && subscriptions_.is_under_way(kind->room(command))) {
        awaited_room_ = kind->room(command);
        return keep_for_later(rest, true);
      }
      handle(kind, command);
      break;
    }
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
    out_.link().pause_reading();
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
    out_.link().resume_reading();
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

void connection::impl::handle(const command_kind* kind,
                              roost::client::Command& command) {
  if (kind == nullptr
      || (kind->admitted == admission::connected && stage_ != stage::connected))
    return close(proto::disconnect_code::bad_request);
  if (kind->admitted != admission::always)
    rate_.take(limits().commands_per_second, now());
  const auto number = static_cast<std::size_t>(kind - command_kinds().data());
  metrics().commands[number].add();
  if (command.id() != 0)
    out_.begin(command.id(), number, now());
  kind->run(*this, command);
}

} // namespace actors
