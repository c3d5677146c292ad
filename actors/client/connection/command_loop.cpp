#include "actors/client/connection/impl.hpp"
#include "proto/client_codec.hpp"

#include <spdlog/spdlog.h>

#include <utility>

// From bytes to commands, one after the other.

namespace actors {

void connection::impl::on_message(std::string_view bytes) {
  if (closing_)
    return;
  if (stage_ == stage::refused || bytes.empty())
    return close(proto::disconnect_code::bad_request);
  if (running_ || !queue_.empty() || must_wait()) {
    if (!closing_ && !queue_.keep(bytes, out_.link()))
      close(proto::disconnect_code::too_many_requests);
    return;
  }
  running_ = true;
  run_commands(bytes);
  running_ = false;
}

bool connection::impl::must_wait() {
  using enum command_queue::standing;
  switch (queue_.next(now())) {
  case ready:
    return false;
  case waits:
    return true;
  case paced:
    if (!rate_timer_)
      rate_timer_ =
          std::make_unique<lane_timer>(self_, [this] { resume_commands(); });
    rate_timer_->expires_after(queue_.pace(now()));
    return true;
  case too_fast:
    close(proto::disconnect_code::too_many_requests);
    return true;
  }
  return true;
}

void connection::impl::run_commands(std::string_view bytes) {
  proto::command_reader reader{origin_.format, bytes,
                               services_.config->websocket.message_size_limit};
  using status = proto::command_reader::status;
  roost::client::Command command;
  while (!closing_ && stage_ != stage::refused) {
    const auto rest = reader.rest();
    if (must_wait())
      return put_back(rest);
    switch (reader.next(command)) {
    case status::ok: {
      const auto* kind = kind_of(command);
      if (kind != nullptr && kind->room != nullptr
          && subscriptions_.is_under_way(kind->room(command))) {
        queue_.await(kind->room(command));
        return put_back(rest);
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

void connection::impl::put_back(std::string_view rest) {
  if (!closing_ && !rest.empty() && !queue_.put_back(rest, out_.link()))
    close(proto::disconnect_code::too_many_requests);
}

void connection::impl::resume_commands() {
  if (running_ || closing_)
    return;
  running_ = true;
  while (!queue_.empty() && !closing_ && stage_ != stage::refused
         && !must_wait())
    run_commands(queue_.take_first());
  running_ = false;
  if (closing_ || (!queue_.empty() && stage_ != stage::refused))
    return;
  queue_.catch_up();
  if (!must_wait())
    queue_.resume(out_.link());
}

void connection::impl::resume_at_turn_end() {
  if (!queue_.paused())
    return;
  resume_ = true;
  self_.home_lane().at_turn_end(turn_end_, turn_phase::fan_out);
}

void connection::impl::handle(const command_kind* kind,
                              roost::client::Command& command) {
  if (kind == nullptr
      || (kind->admitted == admission::connected && stage_ != stage::connected))
    return close(proto::disconnect_code::bad_request);
  if (kind->admitted != admission::always)
    queue_.take(now());
  const auto number = static_cast<std::size_t>(kind - command_kinds().data());
  metrics().commands[number].add();
  if (command.id() != 0)
    out_.begin(command.id(), number, now());
  kind->run(*this, command);
}

} // namespace actors
