#include "actors/client/connection/reply_writer.hpp"

#include "proto/client_codec.hpp"

#include <algorithm>
#include <utility>

namespace actors {

void reply_writer::begin(std::uint32_t id, std::size_t kind, time_point now) {
  begun_.push_back({id, kind, now});
}

void reply_writer::end(std::uint32_t id, time_point now) {
  const auto at = std::ranges::find(begun_, id, &begun_command::id);
  if (at == begun_.end())
    return;
  metrics_.command_durations[at->kind].add(now - at->at);
  begun_.erase(at);
  if (begun_.empty())
    begun_ = {};
}

bool reply_writer::add(const roost::client::Reply& message, time_point now) {
  if (message.id() != 0)
    end(message.id(), now);
  if (message.has_error())
    metrics_.reply_errors.add(message.error().code());
  if (!proto::append_reply(format_, message, pending_))
    return false;
  appended();
  return true;
}

void reply_writer::add_ping() {
  proto::append_ping(format_, pending_);
  appended();
}

void reply_writer::appended() {
  if (pending_.size() >= full_frame)
    flush();
}

void reply_writer::deliver(const proto::frame_ptr& frame) {
  flush();
  write(frame);
}

void reply_writer::flush() {
  if (pending_.empty())
    return;
  const auto frame = proto::frame::make(format_, pending_);
  pending_ = {};
  write(frame);
}

void reply_writer::write(const proto::frame_ptr& frame) {
  if (link_)
    link_->send(frame);
}

bool reply_writer::is_slow() const {
  return link_ && link_->queued_bytes() > limits_.queue_max_size;
}

void reply_writer::close(std::uint32_t code, std::string_view reason,
                         bool flush_first) {
  if (!link_)
    return;
  if (flush_first)
    flush();
  std::exchange(link_, nullptr)->close(code, reason, flush_first);
}

} // namespace actors
