#pragma once

#include "actors/lane/counter.hpp"
#include "actors/lane/lane_timer.hpp"
#include "actors/room/audience/audience.hpp"
#include "actors/room/audience/fan_out.hpp"
#include "actors/room/audience/filter_groups.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <compare>
#include <cstdint>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace actors {

/// One subscription of a room.
struct audience_member {
  /// How it gets pushes.
  push_variant variant() const {
    return {format, features.compaction, features.push_join_leave, !behind,
            !features.delta ? delta_use::none
            : in_step       ? delta_use::all
                            : delta_use::first_whole};
  }

  subscriber* who = nullptr;
  proto::wire_format format = proto::wire_format::json;
  subscription_features features;
  bool behind = false;  ///< Gets publications as pages of history.
  bool in_step = false; ///< It has the publication that deltas start from.
  std::uint32_t filter = filter_groups::none; ///< Its group.
  client_info_ptr info; ///< Null unless the home knows of it.
};

/// The subscriptions of a room: contiguous for the fan-out, found by
/// subscriber.
class member_list {
public:
  audience_member* find(const subscriber& who);
  void add(audience_member x);
  /// Takes one out; nothing when it is not in.
  std::optional<audience_member> remove(const subscriber& who);

  bool empty() const { return members_.empty(); }
  std::size_t size() const { return members_.size(); }
  auto begin() const { return members_.begin(); }
  auto end() const { return members_.end(); }
  auto begin() { return members_.begin(); }
  auto end() { return members_.end(); }

private:
  // The index costs memory for each room, and most rooms are small.
  static constexpr std::size_t indexed_from = 16;

  std::size_t position_of(const subscriber& who) const;

  std::vector<audience_member> members_;
  boost::unordered_flat_map<const subscriber*, std::uint32_t> index_;
};

/// A subscriber that has no answer yet.
struct audience_waiter {
  std::uint64_t number = 0; ///< Unique in the audience.
  subscriber* who = nullptr;
  subscription_request request;
  audience::on_subscribed done;
  lane::clock::time_point deadline;
  std::uint32_t tries = 0; ///< Questions to the home that came to nothing.
};

using waiter_list = std::list<audience_waiter>;

/// What a home is asked for subscribers that recover.
struct missed_question {
  /// In place of an offset: the newest publication alone.
  static constexpr auto newest = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t after = 0; ///< They have all up to this offset.
  /// They only ask whether all of it is there; they get it page by page later.
  bool later = false;

  auto operator<=>(const missed_question&) const = default;
};

/// What an audience keeps for those subscribers of a room that do not get
/// every publication as it is.
struct special_subscribers {
  filter_groups filters;
  std::size_t with_deltas = 0;
  /// What those had last that are in step; null: nobody is.
  publication_ptr delta_base;
  gauge_part counted_base;
  gauge_part counted_filters;

  bool none() const { return with_deltas == 0 && filters.empty(); }
};

/// What an audience keeps of a room that it has subscribers for, or that
/// somebody waits to get into.
///
/// While `live`, `epoch` and `offset` are those of the last publication handed
/// out, or about to be at the end of the turn.
struct audience_room {
  audience_room(lane_actor& owner, std::string id, std::uint32_t in_shard,
                std::int64_t compact_id, std::function<void()> attach_again)
      : name(std::move(id)), shard(in_shard), number(compact_id),
        retry(owner, std::move(attach_again)) {}

  bool unused() const {
    return members.empty() && waiting.empty() && answering.empty()
           && recovering.empty();
  }

  /// Takes the waiter of `who` out of whatever it waits in.
  bool remove_waiter(const subscriber& who);

  audience_waiter* find_waiter(const subscriber& who);

  const std::string name;
  const std::uint32_t shard;
  const std::int64_t number; ///< What compacted pushes name it by.

  bool live = false;         ///< Attached, and following the stream.
  bool has_position = false; ///< Was live before.
  bool forgotten = false;    ///< No longer among the audience's rooms.
  bool dirty = false;        ///< Among the rooms to be flushed.
  /// The home may not know who is in: tell it when attached.
  bool tell_arrivals = false;
  std::string epoch;
  std::uint64_t offset = 0;

  std::uint64_t attach = 0; ///< The attach request under way; 0: none.
  std::chrono::milliseconds back_off{0};
  lane_timer retry;

  member_list members;
  waiter_list waiting; ///< For the room to become live.
  std::map<missed_question, waiter_list> recovering; ///< For missed ones.
  waiter_list answering; ///< Being answered just now.

  std::vector<event_slice> pending;
  std::unique_ptr<special_subscribers> special; ///< Null: there are none.
};

} // namespace actors
