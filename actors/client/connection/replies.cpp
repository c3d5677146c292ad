#include "actors/client/connection/impl.hpp"
#include "proto/client_codec.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

// The way out: replies and pushes of one turn share a frame, and none is
// overtaken by what an audience delivers.

namespace actors {

namespace {

/// Encoded bytes that are handed to the link without waiting for more.
constexpr std::size_t full_frame = 32 * 1024;

} // namespace

void connection::impl::reply(const roost::client::Reply& message) {
  if (closing_)
    return;
  if (message.id() != 0)
    note_duration(message.id());
  if (!proto::append_reply(origin_.format, message, pending_))
    return append_failed();
  appended();
}

void connection::impl::note_duration(std::uint32_t id) {
  const auto at = std::ranges::find(begun_, id, &begun_command::id);
  if (at == begun_.end())
    return;
  metrics().command_durations[at->kind].add(now() - at->at);
  begun_.erase(at);
  if (begun_.empty())
    begun_ = {}; // an idle connection keeps no buffer
}

void connection::impl::push(roost::client::Push& message) {
  roost::client::Reply frame;
  frame.mutable_push()->Swap(&message);
  reply(frame);
}

void connection::impl::appended() {
  if (pending_.size() >= full_frame)
    return flush();
  self_.home_lane().at_turn_end(turn_end_, turn_phase::fan_out);
}

void connection::impl::append_failed() {
  spdlog::debug("connection {} of user \"{}\" speaks JSON and was to get other "
                "data",
                client(), user());
  close(proto::disconnect_code::inappropriate_protocol);
}

void connection::impl::refuse(std::uint32_t id, proto::errc code) {
  roost::link::Error error;
  error.set_code(static_cast<std::uint32_t>(code));
  refuse(id, error);
}

void connection::impl::refuse(std::uint32_t id,
                              const roost::link::Error& error) {
  metrics().reply_errors.add(error.code());
  roost::client::Reply message;
  message.set_id(id);
  auto& out = *message.mutable_error();
  out.set_code(error.code());
  if (const auto known = proto::errc_of(error.code())) {
    out.set_message(std::string{proto::message(*known)});
    out.set_temporary(proto::temporary(*known));
  } else {
    out.set_message(error.message());
  }
  reply(message);
}

void connection::impl::flush() {
  if (pending_.empty() || !link_)
    return;
  const auto frame = proto::frame::make(origin_.format, pending_);
  pending_ = {}; // an idle connection keeps no buffer
  write(frame);
}

void connection::impl::write(const proto::frame_ptr& frame) {
  link_->send(frame);
  // Dealt with at the end of the turn, when the link has written.
  if (link_->queued_bytes() > limits().queue_max_size
      && !std::exchange(slow_, true))
    self_.home_lane().at_turn_end(after_turn_, turn_phase::sockets);
}

} // namespace actors
