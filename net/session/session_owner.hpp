#pragma once

#include "net/session/message_kind.hpp"
#include "proto/errors.hpp"

#include <cstdint>
#include <string_view>

namespace net {

/// Whom a session serves with what its client says: a connection actor. Called
/// on the lane of the session; ends it with session::close. A call may end the
/// session, and this object with it.
class session_owner {
public:
  virtual ~session_owner() = default;

  /// One message; the bytes need not outlive the call.
  virtual void on_message(std::string_view bytes, message_kind kind) = 0;

  /// The client broke a rule of the transport: asks for the end with `code`. No
  /// message follows. What came before is answered first, if that is soon.
  virtual void on_fault(std::uint32_t code, std::string_view why) = 0;

  /// See actors::client_link::tell_when_below.
  virtual void on_drained() = 0;

  /// Asks for the end with `code` for a reason of the session or the node.
  virtual void disconnect(proto::disconnect_code code) = 0;

  /// The last call: nobody is there any more.
  virtual void on_closed(std::string_view why) = 0;
};

} // namespace net
