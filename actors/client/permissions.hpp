#pragma once

#include "actors/auth/claims.hpp"
#include "actors/room/audience/subscription_features.hpp"
#include "cluster-config/channel_options.hpp"
#include "cluster-config/node_config.hpp"
#include "proto/errors.hpp"

#include <cstdint>
#include <string_view>
#include <variant>

// Who may do what in a room: pure functions of the room's options and of who
// asks.

namespace actors {

/// Who asks, and from where.
struct asker {
  std::string_view user; ///< Empty: anonymous.
  bool subscribed = false;
  bool insecure = false; ///< `client.insecure`: everything is allowed.
};

/// Who chose the name of a room.
enum class named_by : std::uint8_t {
  /// The name must match the pattern of its namespace, or be ASCII without one.
  client,
  /// A token, the API or our configuration. Any name will do: the pattern keeps
  /// clients from making rooms up, while a backend may bring its users into
  /// rooms that no client could name, and a user's personal room is called
  /// whatever the user is.
  backend,
};

/// The options of a room; or why there is none of this name: bad_request for
/// one that is empty, longer than `client.channel_max_length` or against the
/// rule above, unknown_channel without such a namespace.
std::variant<const config::channel_options*, proto::errc>
look_up_room(const config::node_config& config, std::string_view room,
             named_by whom);

/// Whether `room` is `name#user1,user2` in a namespace that knows such rooms.
bool user_limited(std::string_view room,
                  const config::channel_options& options);

/// Whether a room can be limited to this user by its name. Not when the id has
/// a '#' or ',': the name would list others.
bool can_be_listed(std::string_view user);

/// Whether `user` stands behind the last '#' of `room`. An anonymous user
/// never does.
bool lists_user(std::string_view room, std::string_view user);

/// Whether a client may subscribe without a token.
bool may_subscribe(std::string_view room,
                   const config::channel_options& options, const asker& who);

bool may_publish(const config::channel_options& options, const asker& who);

bool may_read_presence(const config::channel_options& options,
                       const asker& who);

bool may_read_history(const config::channel_options& options, const asker& who);

/// Whether a publication of the namespace may carry `data`.
bool acceptable_data(const config::channel_options& options,
                     std::string_view data);

/// What a subscription gets: the namespace's options, what a token or the API
/// says against them, and what the client wishes and may have. Presence and
/// announcements are not for a client to wish.
subscription_features features_of(const config::channel_options& options,
                                  const subscription_override& overrides,
                                  const subscription_features& wishes,
                                  const asker& who);

} // namespace actors
