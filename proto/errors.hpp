#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace proto {

/// Why a request was refused: `Reply.error.code`. The numbers are part of the
/// client contract. The connection stays open, except after a refused connect.
enum class errc : std::uint8_t {
  /// We failed; the client tries again later.
  internal = 100,
  /// The client must sign in; it stops.
  unauthorized = 101,
  /// No such namespace; the client gives the channel up.
  unknown_channel = 102,
  /// Not allowed to do this; the client gives it up.
  permission_denied = 103,
  /// No such RPC method; the call fails.
  method_not_found = 104,
  /// Subscribed already, or about to be; the second subscribe fails.
  already_subscribed = 105,
  /// A limit of the server was reached; the client gives up.
  limit_exceeded = 106,
  /// The request makes no sense; a bug of the caller.
  bad_request = 107,
  /// The namespace does not offer this; the call fails.
  not_available = 108,
  /// The client gets a new token, then tries again.
  token_expired = 109,
  /// The connection or the subscription is past its time; the client stops.
  expired = 110,
  /// The client tries again, slower.
  too_many_requests = 111,
  /// The stream cannot go on from there; the client loads its state anew.
  unrecoverable_position = 112,
  /// Another page of the same channel is being read; the client tries again.
  concurrent_pagination = 113,
};

/// The error of this number; nothing when there is none.
std::optional<errc> errc_of(std::uint32_t code) noexcept;

/// What `Reply.error.message` says.
std::string_view message(errc code) noexcept;

/// Whether the same request may succeed later: `Reply.error.temporary`.
bool temporary(errc code) noexcept;

/// Why the server ended a connection: the WebSocket close code. Part of the
/// client contract. Clients reconnect after 3000-3499, 4000-4499 and 5000 up,
/// and stop after 3500-3999 and 4500-4999.
enum class disconnect_code : std::uint16_t {
  /// Ended without a word, no close frame is sent; the client reconnects.
  connection_closed = 3000,
  /// The node goes away; the client reconnects to another.
  shutdown = 3001,
  /// We failed; the client reconnects.
  internal_server_error = 3004,
  /// The token ran out and was not refreshed; the client reconnects.
  connection_expired = 3005,
  /// A server-side subscription ran out; the client reconnects.
  subscription_expired = 3006,
  /// The client does not read fast enough; it reconnects and recovers.
  slow = 3008,
  /// Writing failed; the client reconnects.
  write_error = 3009,
  /// Publications were missed; the client reconnects and recovers.
  insufficient_state = 3010,
  /// An admin or the API asks for it; the client reconnects.
  force_reconnect = 3011,
  /// No answer to a ping; the client reconnects.
  no_pong = 3012,
  /// The client reconnects, slower.
  too_many_requests = 3013,
  /// The client drops its tokens and cached state, then reconnects.
  state_invalidated = 3014,

  /// The token is broken or of somebody else; the client stops.
  invalid_token = 3500,
  /// Bytes or commands that break the protocol; the client stops.
  bad_request = 3501,
  /// Did not sign in in time; the client stops.
  stale = 3502,
  /// The API or an admin ended it; the client stops.
  force_disconnect = 3503,
  /// Too many connections; the client stops.
  connection_limit = 3504,
  /// Too many channels; the client stops.
  channel_limit = 3505,
  /// Data that is not JSON for a JSON client; the client stops.
  inappropriate_protocol = 3506,
  /// Not allowed to connect; the client stops.
  permission_denied = 3507,
  /// The server does not offer this; the client stops.
  not_available = 3508,
  /// Kept asking after many errors; the client stops.
  too_many_errors = 3509,
};

/// What the close frame says; never something that parses as JSON.
std::string_view reason(disconnect_code code) noexcept;

/// Whether SDKs reconnect after a close with this code, ours or not.
bool reconnects(std::uint32_t code) noexcept;

/// Why the server ended a subscription: `Push.unsubscribe.code`. Part of the
/// client contract. Below 2500 the client lets go, from 2500 it subscribes
/// again.
enum class unsubscribe_code : std::uint16_t {
  /// The API or an admin ended it; the client lets go.
  server_unsubscribe = 2000,
  /// Publications were missed; the client subscribes again and recovers.
  insufficient_state = 2500,
  /// The token ran out and was not refreshed; the client subscribes again.
  subscription_expired = 2501,
  /// The client drops its token and position, then subscribes again.
  state_invalidated = 2502,
};

/// What `Push.unsubscribe.reason` says.
std::string_view reason(unsubscribe_code code) noexcept;

} // namespace proto
