#pragma once

#include "actors/client/permissions.hpp"
#include "actors/lane/lane.hpp"
#include "actors/room/audience/subscriber.hpp"
#include "cluster-config/channel_options.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace actors {

/// One room that a connection is in or on its way into.
struct subscription {
  using time_point = lane::clock::time_point;

  const config::channel_options* options = nullptr;
  /// Of the subscription token; JSON or bytes.
  std::string chan_info;
  /// When it ends unless it is refreshed, grace included; max: never.
  time_point due = time_point::max();
  bool active = false; ///< False while the audience is at it.
  bool server_side = false;
  bool from_token = false;    ///< Named by the connection token.
  bool known_to_room = false; ///< Presence or join and leave carry its info.
  /// The server took it back while it was under way.
  bool revoked = false;
  std::uint16_t filter_bytes = 0; ///< Of its tags filter; 0: it has none.
};

/// Fills in what a client is told of its new subscription.
void write_result(const subscribed& made, std::string_view data,
                  roost::client::SubscribeResult& out);

} // namespace actors
