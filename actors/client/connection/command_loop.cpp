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
  if (const auto rest = run_commands(bytes); !rest.empty())
    queue_.put_back(command_queue::message{rest}, out_.link());
  running_ = false;
  close_if_answered();
}

void connection::impl::on_emulated(std::string_view bytes) {
  metrics()
      .transports[static_cast<std::size_t>(origin_.transport)]
      .bytes_received.add(bytes.size());
  on_message(bytes);
}

bool connection::impl::must_wait() {
  using enum command_queue::standing;
  switch (queue_.next(now(), out_.unread())) {
  case ready:
    return false;
  case waits:
    return true;
  case crowded:
    wait_for_room(0);
    return true;
  case paced:
    resume_after(queue_.pace(now()));
    return true;
  case too_fast:
    close(proto::disconnect_code::too_many_requests);
    return true;
  }
  return true;
}

// When a command that no other keeps from running runs; sees to it that one
// told to run later may.
connection::impl::turn
connection::impl::turn_of(const command_kind* kind,
                          const roost::client::Command& command) {
  if (kind == nullptr)
    return turn::now;
  if (kind->has_token(command) && !self_.home_lane().has_time()) {
    end_turn_with_token();
    return turn::later;
  }
  if (kind->room != nullptr
      && subscriptions_.is_under_way(kind->room(command))) {
    queue_.await(kind->room(command));
    return turn::later;
  }
  const auto reads = kind->reads != nullptr && kind->reads(command);
  return reads && stage_ == stage::connected ? turn_to_read() : turn::now;
}

// One that has waited too long for its share of the room never runs.
connection::impl::turn connection::impl::turn_to_read() {
  using enum command_queue::standing;
  switch (queue_.next_read(now(), out_.unread())) {
  case crowded:
    wait_for_room(limits().page_bytes());
    return turn::later;
  case paced:
    resume_after(queue_.read_pace(now()));
    return turn::later;
  case too_fast:
    return turn::never;
  case ready:
  case waits:
    break;
  }
  return turn::now;
}

void connection::impl::resume_after(std::chrono::milliseconds delay) {
  if (!rate_timer_)
    rate_timer_ =
        std::make_unique<lane_timer>(self_, [this] { resume_commands(); });
  rate_timer_->expires_after(delay);
}

void connection::impl::on_drained() {
  if (closing_)
    return;
  resume_at_turn_end();
  audience_->go_on(self_);
}

bool connection::impl::has_room_for(std::size_t bytes) {
  if (closing_ || connecting_)
    return false;
  if (queue_.has_room_for(bytes, out_.unread()))
    return true;
  wait_for_room(bytes);
  return false;
}

// Where reads under way take the room, their end says so.
void connection::impl::wait_for_room(std::size_t bytes) {
  const auto mark = queue_.low_mark(bytes);
  if (out_.unread() >= mark)
    out_.link().tell_when_below(mark);
}

// Answers what has to wait.
std::string_view connection::impl::run_commands(std::string_view bytes) {
  proto::command_reader reader{origin_.format, bytes,
                               services_.config->websocket.message_size_limit};
  using status = proto::command_reader::status;
  roost::client::Command command;
  while (!closing_ && stage_ != stage::refused) {
    const auto rest = reader.rest();
    if (must_wait())
      return closing_ ? std::string_view{} : rest;
    switch (reader.next(command)) {
    case status::ok: {
      const auto* kind = kind_of(command);
      switch (turn_of(kind, command)) {
      case turn::now:
        handle(kind, command);
        break;
      case turn::later:
        return rest;
      case turn::never:
        queue_.take(now());
        refuse(command.id(), proto::errc::too_many_requests);
        break;
      }
      break;
    }
    case status::end:
      return {};
    case status::malformed:
      spdlog::debug("connection {} of user \"{}\" sent no command: {}",
                    client(), user(), reader.reason());
      close(proto::disconnect_code::bad_request);
      return {};
    }
  }
  return {};
}

void connection::impl::resume_commands() {
  if (running_ || closing_)
    return;
  running_ = true;
  while (!queue_.empty() && !closing_ && stage_ != stage::refused
         && !must_wait()) {
    auto first = queue_.take_first();
    const auto rest = run_commands(first.rest());
    if (rest.empty())
      continue;
    first.ran_to(rest.size());
    queue_.put_back(std::move(first), out_.link());
    break;
  }
  running_ = false;
  close_if_answered();
  if (closing_ || (!queue_.empty() && stage_ != stage::refused))
    return;
  queue_.catch_up();
  if (!must_wait())
    queue_.resume(out_.link());
}

// Whoever has tokens to check does not keep others waiting for more than one.
void connection::impl::end_turn_with_token() {
  queue_.check_token();
  resume_ = true;
  self_.home_lane().at_turn_end(turn_end_, turn_phase::fan_out);
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
  if (!kind->has_token(command))
    return kind->run(*this, command);
  const auto begin = lane::clock::now();
  kind->run(*this, command);
  self_.home_lane().spend(lane::clock::now() - begin);
  end_turn_with_token();
}

} // namespace actors
