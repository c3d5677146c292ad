#include "actors/client/permissions.hpp"

#include "proto/json_codec.hpp"

#include <algorithm>

namespace actors {

namespace {

bool ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80;
  });
}

/// The rule that publish, presence and history share.
bool allowed(bool clients, bool subscribers, bool anonymous, const asker& who) {
  if (who.insecure)
    return true;
  if (who.user.empty() && !anonymous)
    return false;
  return clients || (subscribers && who.subscribed);
}

/// Whether clients may call a room like this.
bool good_name(std::string_view room, const config::channel_options& options) {
  return options.channel_regex.empty() ? ascii(room)
                                       : options.channel_regex.matches(
                                           config::split_room_name(room).rest);
}

} // namespace

std::variant<const config::channel_options*, proto::errc>
look_up_room(const config::node_config& config, std::string_view room,
             named_by whom) {
  // Too long a name is refused before anything is looked up by it.
  if (room.empty() || room.size() > config.client.channel_max_length)
    return proto::errc::bad_request;
  const auto* options = config.channel.find(room);
  if (options == nullptr)
    return proto::errc::unknown_channel;
  if (whom == named_by::client && !good_name(room, *options))
    return proto::errc::bad_request;
  return options;
}

bool user_limited(std::string_view room,
                  const config::channel_options& options) {
  return options.allow_user_limited_channels
         && room.find('#') != std::string_view::npos;
}

bool can_be_listed(std::string_view user) {
  return !user.empty() && user.find_first_of("#,") == std::string_view::npos;
}

bool lists_user(std::string_view room, std::string_view user) {
  const auto mark = room.rfind('#');
  if (!can_be_listed(user) || mark == std::string_view::npos)
    return false;
  auto users = room.substr(mark + 1);
  for (;;) {
    const auto comma = users.find(',');
    if (users.substr(0, comma) == user)
      return true;
    if (comma == std::string_view::npos)
      return false;
    users.remove_prefix(comma + 1);
  }
}

bool may_subscribe(std::string_view room,
                   const config::channel_options& options, const asker& who) {
  if (config::split_room_name(room).is_private)
    return false;
  // The list alone decides, whatever else the namespace allows.
  if (user_limited(room, options))
    return lists_user(room, who.user) || who.insecure;
  if (options.allow_subscribe_for_client
      && (!who.user.empty() || options.allow_subscribe_for_anonymous))
    return true;
  return who.insecure;
}

bool may_publish(const config::channel_options& options, const asker& who) {
  return allowed(options.allow_publish_for_client,
                 options.allow_publish_for_subscriber,
                 options.allow_publish_for_anonymous, who);
}

bool may_read_presence(const config::channel_options& options,
                       const asker& who) {
  return allowed(options.allow_presence_for_client,
                 options.allow_presence_for_subscriber,
                 options.allow_presence_for_anonymous, who);
}

bool may_read_history(const config::channel_options& options,
                      const asker& who) {
  return allowed(options.allow_history_for_client,
                 options.allow_history_for_subscriber,
                 options.allow_history_for_anonymous, who);
}

bool acceptable_data(const config::channel_options& options,
                     std::string_view data) {
  switch (options.publication_data_format) {
  case config::data_format::json:
    return proto::is_json(data);
  case config::data_format::binary:
    return true;
  case config::data_format::any:
    break;
  }
  return !data.empty();
}

subscription_features features_of(const config::channel_options& options,
                                  const subscription_override& overrides,
                                  const subscription_features& wishes,
                                  const asker& who) {
  const bool history = options.has_history();
  subscription_features result;
  result.recoverable =
      history
      && (overrides.force_recovery.value_or(options.force_recovery)
          || (wishes.recoverable && options.allow_recovery));
  result.positioned =
      history
      && (result.recoverable
          || overrides.force_positioning.value_or(options.force_positioning)
          || (wishes.positioned && options.allow_positioning));
  result.presence = overrides.presence.value_or(options.presence);
  result.announce = overrides.join_leave.value_or(options.join_leave);
  // Whoever gets in counts as a subscriber for what he asks about the others.
  auto inside = who;
  inside.subscribed = true;
  result.push_join_leave =
      result.announce
      && (overrides.force_push_join_leave.value_or(
              options.force_push_join_leave)
          || (wishes.push_join_leave && may_read_presence(options, inside)));
  result.compaction = wishes.compaction && options.allow_channel_compaction;
  result.delta = wishes.delta && options.allowed_delta_types.fossil;
  return result;
}

} // namespace actors
