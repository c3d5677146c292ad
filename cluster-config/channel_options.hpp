#pragma once

#include "cluster-config/room_pattern.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace config {

/// How a positioned subscription catches up.
enum class recovery_mode : std::uint8_t {
  stream, ///< All missed publications, or `recovered: false`.
  cache,  ///< The newest publication only.
};

/// What publications may carry.
enum class data_format : std::uint8_t {
  any,    ///< "": JSON from JSON clients, anything from Protobuf clients.
  json,   ///< Valid JSON only.
  binary, ///< Any bytes.
};

/// What JSON clients get in rooms whose publications are bytes.
enum class binary_reading : std::uint8_t {
  base64, ///< A base64 string, and a tag that says so.
  refuse, ///< No subscription.
};

/// How publications may be sent as what they change of the one before.
struct delta_types {
  bool fossil = false;
  bool operator==(const delta_types&) const = default;
};

/// What holds for the rooms of a namespace: a table of
/// `[[channel.namespaces]]`, or `[channel.without_namespace]`.
struct channel_options {
  /// The namespace; empty for rooms without one.
  std::string name;

  /// Publications kept; 0 = no history. Goes together with `history_ttl`.
  std::uint32_t history_size = 0;
  /// Age at which a publication is dropped.
  std::chrono::milliseconds history_ttl{0};
  /// How long epoch and offset outlive the last publication.
  std::chrono::milliseconds history_meta_ttl = std::chrono::hours{720};
  /// Copies of each room on other nodes: 0, 1, 2.
  std::uint32_t replicas = 0;

  /// Every subscription keeps its position, and hears of a gap.
  bool force_positioning = false;
  /// Clients may ask for positioning.
  bool allow_positioning = false;
  /// Every subscription is recoverable.
  bool force_recovery = false;
  /// Clients may ask for recovery.
  bool allow_recovery = false;
  recovery_mode force_recovery_mode = recovery_mode::stream;

  /// The room knows who is in it.
  bool presence = false;
  /// The room tells who comes and goes.
  bool join_leave = false;
  /// Joins and leaves are sent also to who did not ask for them.
  bool force_push_join_leave = false;

  /// Any user may subscribe without a subscription token.
  bool allow_subscribe_for_client = false;
  /// So may connections without user id.
  bool allow_subscribe_for_anonymous = false;
  /// Any client may publish.
  bool allow_publish_for_client = false;
  /// Who is subscribed may publish.
  bool allow_publish_for_subscriber = false;
  /// The two above hold for connections without user id, too.
  bool allow_publish_for_anonymous = false;
  bool allow_presence_for_client = false;
  bool allow_presence_for_subscriber = false;
  bool allow_presence_for_anonymous = false;
  bool allow_history_for_client = false;
  bool allow_history_for_subscriber = false;
  bool allow_history_for_anonymous = false;

  /// `name#user1,user2` admits the users it lists.
  bool allow_user_limited_channels = false;
  /// What the name must match after its namespace; with a pattern it need not
  /// be ASCII.
  room_pattern channel_regex;
  data_format publication_data_format = data_format::any;
  binary_reading binary_for_json = binary_reading::base64;
  /// Pushes may carry a number in place of the room's name when the client
  /// says that it understands them.
  bool allow_channel_compaction = true;
  /// The same for Protobuf clients. The npm client's Protobuf build compares
  /// the numbers as objects, never finds the room and drops the push.
  bool allow_protobuf_channel_compaction = false;

  /// What clients may ask for.
  delta_types allowed_delta_types;
  /// Every publication may be sent as a delta, not only those that ask for it.
  bool delta_publish = false;
  /// Clients may ask for the publications with certain tags only.
  bool allow_tags_filter = false;

  bool has_history() const { return history_size > 0; }

  /// Whether JSON clients cannot subscribe.
  bool refuses_json() const {
    return publication_data_format == data_format::binary
           && binary_for_json == binary_reading::refuse;
  }

  bool operator==(const channel_options&) const = default;
};

/// The parts of a room's name. "$chat:lobby" -> {"chat", "lobby", true}.
struct room_name {
  std::string_view name_space; ///< Before the first ':'; empty without one.
  std::string_view rest;       ///< After it; the whole (but '$') without one.
  bool is_private = false;     ///< Starts with '$': needs a token.
};

room_name split_room_name(std::string_view room);

/// `[channel]`
struct channel_section {
  /// Lets the map be searched with a string_view.
  struct name_hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using namespace_map = std::unordered_map<std::string, channel_options,
                                           name_hash, std::equal_to<>>;

  /// For rooms whose name has no ':'.
  channel_options without_namespace;
  /// For the others, by the text before the first ':'.
  namespace_map namespaces;

  /// The options of `room`, or nullptr when its namespace is unknown. The
  /// pointer is as long-lived as the section. Does not check the name itself.
  const channel_options* find(std::string_view room) const;

  bool operator==(const channel_section&) const = default;
};

} // namespace config
