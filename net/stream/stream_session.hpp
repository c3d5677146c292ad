#pragma once

#include "net/session/session.hpp"
#include "proto/frame.hpp"
#include "proto/wire_format.hpp"

#include <string_view>

namespace net {

/// A client that reads an HTTP answer without end: HTTP-streaming, or the
/// events of SSE. What it sends behind its request is dropped; its end is told
/// by a push, since an answer has no close frame.
class stream_session : public session {
public:
  stream_session(const config::node_config& config, lane_gateway& where)
      : session(config, where) {}

  /// How its messages look. Before `run`.
  void speak(proto::wire_format format, proto::frame_form form) {
    format_ = format;
    form_ = form;
  }

  /// Hands `commands`, which came with the request, to the owner.
  void begin(std::string_view commands);

  void send(const proto::frame_ptr& frame) override;
  void admit() override {}

protected:
  void take(std::span<char> bytes) override { drop(bytes.size()); }
  bool say_end(std::uint32_t code, std::string_view reason) override;

private:
  proto::wire_format format_ = proto::wire_format::json;
  proto::frame_form form_ = proto::frame_form::stream;
};

} // namespace net
