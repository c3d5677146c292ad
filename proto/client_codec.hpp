#pragma once

#include "proto/client.pb.h"
#include "proto/push_codec.hpp"
#include "proto/wire_format.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace proto {

/// Reads the commands of one incoming message (a WebSocket message, a request
/// body), one after the other.
///
///     command_reader reader{format, bytes};
///     roost::client::Command command;
///     while (reader.next(command) == command_reader::status::ok)
///       handle(command);
///
/// JSON commands are objects separated by one newline, with at most one at the
/// end; Protobuf commands stand behind their length. `bytes` must outlive the
/// reader. A message without any command is malformed; an empty command (`{}`,
/// 0x00) is fine: a pong.
class command_reader {
public:
  enum class status : std::uint8_t {
    ok,        ///< The command was read.
    end,       ///< There are no more.
    malformed, ///< Not a command; `reason` says why. Stays so.
  };

  static constexpr std::size_t default_max_command_bytes = 65'536;

  command_reader(
      wire_format format, std::string_view bytes,
      std::size_t max_command_bytes = default_max_command_bytes) noexcept
      : rest_(bytes), max_command_bytes_(max_command_bytes), format_(format) {}

  /// Reads the next command into `out`, which is only meaningful after `ok`.
  status next(roost::client::Command& out);

  /// The bytes after the command read last, for another reader that goes on
  /// later; empty after the last command.
  std::string_view rest() const noexcept { return rest_; }

  /// A sentence on what was wrong; empty unless malformed.
  const std::string& reason() const noexcept { return reason_; }

private:
  status next_json(roost::client::Command& out);
  status next_protobuf(roost::client::Command& out);
  status fail(std::string reason);

  std::string_view rest_;
  std::size_t max_command_bytes_;
  wire_format format_;
  bool any_ = false;
  std::string reason_;
};

// The functions below, and those of proto/push_codec.hpp, append one message to
// `out`. Messages in one `out` are separated as the format wants it, so `out`
// must be empty before the first. Each returns false, with `out` as before,
// when the message cannot be said in the format (text that is not UTF-8). Data
// that is not JSON can: see append_embedded in proto/json_text.hpp.

/// Appends any reply or push.
bool append_reply(wire_format format, const roost::client::Reply& reply,
                  std::string& out);

/// Appends a ping: `{}` or 0x00.
void append_ping(wire_format format, std::string& out);

} // namespace proto
