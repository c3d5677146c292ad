#include "net/stream/stream_session.hpp"

#include "proto/client_codec.hpp"

#include <string>

namespace net {

void stream_session::begin(std::string_view commands) {
  transport_counts().bytes_received.add(commands.size());
  if (at() == phase::open)
    owner().on_message(commands, message_kind::text);
}

void stream_session::send(const proto::frame_ptr& frame) {
  session::send(frame.in(form_));
}

bool stream_session::say_end(std::uint32_t code, std::string_view reason) {
  roost::client::Reply last;
  auto& push = *last.mutable_push()->mutable_disconnect();
  push.set_code(code);
  push.set_reason(std::string{reason});
  std::string message;
  if (proto::append_reply(format_, last, message))
    enqueue(
        std::string{proto::frame::make(format_, message).in(form_)->wire()});
  return false;
}

} // namespace net
