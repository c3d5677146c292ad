#pragma once

#include <span>
#include <string_view>

/// Every parser that reads bytes of others, each as a function that takes any
/// bytes and aborts if the parser breaks a promise.
namespace fuzz {

// -- clients and backends (proto_targets.cpp) ---------------------------------

/// Commands of a client: what was read can be written and reads back the same.
void command_json(std::string_view bytes);
void command_protobuf(std::string_view bytes);

/// A request of the server API and of `roost ctl`, of each method.
void api_json(std::string_view bytes);
void admin_json(std::string_view bytes);

/// What a client that has no WebSocket sends beside its stream, and the connect
/// that stands in the address of one (emulation_targets.cpp).
void emulation_json(std::string_view bytes);
void emulation_protobuf(std::string_view bytes);
void connect_command(std::string_view bytes);

/// A filter in JSON: agrees with a second and simpler one, for tags that are
/// near what it asks for (filter_target.cpp).
void tags_filter_json(std::string_view bytes);

/// Two texts with 0xfe between: the delta makes one of the other. And a text
/// with a delta of somebody else (delta_targets.cpp).
void fossil_delta(std::string_view bytes);
void fossil_apply(std::string_view bytes);

/// is_json agrees with simdjson's own validating parser, and what it accepts
/// stays the same JSON on one line.
void json_text(std::string_view bytes);

// -- tokens (token_targets.cpp) -----------------------------------------------

/// The payload of a token that is signed well, maybe behind a header and a
/// zero byte.
void token(std::string_view bytes);

// -- HTTP and WebSocket (websocket_targets.cpp, http_targets.cpp) -------------

/// Frames of a client, against a second and simpler reader.
void websocket_frames(std::string_view bytes);

/// Lines of an upgrade request: its target, the subprotocols offered, the key.
void upgrade(std::string_view bytes);

/// What Sec-WebSocket-Extensions offers. A message that claims to be
/// compressed, which makes no more than it may. Any message, compressed and
/// taken apart (deflate_targets.cpp).
void deflate_offers(std::string_view bytes);
void inflate(std::string_view bytes);
void deflate(std::string_view bytes);

/// What a balancer says before the first byte. What proxies say in the lines of
/// X-Forwarded-For, Forwarded and X-Real-IP: nobody chooses an address that our
/// proxies did not see. A network, and an address on the next line
/// (address_targets.cpp).
void proxy_header(std::string_view bytes);
void client_address(std::string_view bytes);
void ip_network(std::string_view bytes);

/// A request, head and body, and what is read out of its head.
void http_request(std::string_view bytes);

/// The body of a request of long polling.
void poll_request(std::string_view bytes);

// -- between nodes (node_targets.cpp) -----------------------------------------

/// What somebody without the secret says in a handshake; never proves it.
void peer_handshake(std::string_view bytes);

/// The stream of frames of a link.
void link_frames(std::string_view bytes);

/// A frame of the coordinators' log.
void raft_frame(std::string_view bytes);

// -- operators (config_target.cpp) --------------------------------------------

/// A configuration file: good, or refused in one line.
void config_text(std::string_view bytes);

struct target {
  std::string_view name;
  void (*run)(std::string_view bytes);
};

/// All of the above. tests/fuzz/corpus has a folder of inputs for each.
std::span<const target> targets();

} // namespace fuzz
