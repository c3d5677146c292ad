#pragma once

#include "proto/wire_format.hpp"

#include <string>
#include <string_view>

namespace net {

/// What a client asks for in its upgrade request.
struct upgrade_choice {
  proto::wire_format format = proto::wire_format::json;
  /// To be echoed; empty when the client offered none of ours.
  std::string_view subprotocol;
  /// RFC 6455 pings in place of the protocol's own.
  bool transport_pings = false;
};

/// Chooses as the reference does: Protobuf for `format=protobuf` or
/// `cf_protocol=protobuf` in the query or the subprotocol
/// `centrifuge-protobuf`, JSON otherwise.
/// `target` is the request target, `offered` Sec-WebSocket-Protocol.
upgrade_choice choose_upgrade(std::string_view target,
                              std::string_view offered);

/// The version that a client must name in Sec-WebSocket-Version.
constexpr std::string_view websocket_version = "13";

/// Whether `key` may stand in Sec-WebSocket-Key: 16 bytes in base64.
bool is_upgrade_key(std::string_view key);

/// The answer that accepts an upgrade (RFC 6455, section 4.2.2), with `key` as
/// the client sent it, the `subprotocol` chosen, if any,
/// and the `extension`, if any.
std::string upgrade_answer(std::string_view key, std::string_view subprotocol,
                           std::string_view extension = {});

} // namespace net
