#include "actors/client/connection/impl.hpp"

#include <spdlog/spdlog.h>

namespace actors {

void connection::impl::reply(const roost::client::Reply& message) {
  if (closing_)
    return;
  if (out_.add(message, now())) {
    written();
    return close_if_answered();
  }
  spdlog::warn("connection {} of user \"{}\" does not get an answer that is no "
               "UTF-8",
               client(), user());
  if (message.id() != 0 && !message.has_error())
    refuse(message.id(), proto::errc::internal);
}

void connection::impl::written() {
  auto& lane = self_.home_lane();
  if (out_.waits())
    lane.at_turn_end(turn_end_, turn_phase::fan_out);
  if (closing_ || !out_.is_slow())
    return;
  metrics().slow_consumers.add();
  close(proto::disconnect_code::slow);
}

void connection::impl::push(roost::client::Push& message) {
  roost::client::Reply frame;
  frame.mutable_push()->Swap(&message);
  reply(frame);
}

void connection::impl::refuse(std::uint32_t id, proto::errc code) {
  roost::link::Error error;
  error.set_code(static_cast<std::uint32_t>(code));
  refuse(id, error);
}

void connection::impl::refuse(std::uint32_t id,
                              const roost::link::Error& error) {
  roost::client::Reply message;
  message.set_id(id);
  auto& out = *message.mutable_error();
  out.set_code(error.code());
  const auto known = proto::errc_of(error.code());
  if (known)
    out.set_temporary(proto::temporary(*known));
  // What goes wrong inside is for the log of the node.
  if (known && (error.message().empty() || *known == proto::errc::internal))
    out.set_message(std::string{proto::message(*known)});
  else
    out.set_message(error.message());
  reply(message);
}

void connection::impl::refuse_for_now(std::uint32_t id, proto::errc code) {
  roost::client::Reply message;
  message.set_id(id);
  auto& out = *message.mutable_error();
  out.set_code(static_cast<std::uint32_t>(code));
  out.set_message(std::string{proto::message(code)});
  out.set_temporary(true);
  reply(message);
}

} // namespace actors
