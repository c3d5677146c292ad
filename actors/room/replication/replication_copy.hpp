#pragma once

#include "actors/room/replication/record_tail.hpp"
#include "actors/room/room_log.hpp"
#include "cluster-config/channel_options.hpp"
#include "proto/link.pb.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace actors {

/// The log of a room without an actor.
struct room_copy {
  room_log log;
  /// It holds what records up to this number did.
  std::uint64_t as_of = 0;
};

using room_copies = std::unordered_map<std::string, room_copy>;

/// A node's copy of the replicated rooms of one shard whose home is another
/// node: what is committed as logs, what is not as records. No actor, no
/// socket, no clock.
class replication_copy {
public:
  /// What the view wants this node to be.
  enum class role : std::uint8_t { none, learner, standby };

  /// Everything outlives the copy.
  replication_copy(const config::channel_section& channels,
                   const room_log_limits& limits, epoch_source& epochs)
      : channels_(&channels), limits_(limits), epochs_(&epochs) {}

  /// A view has another term for the shard, or the same.
  void assign(role what, std::uint64_t term);

  /// The same in another term.
  void enter(std::uint64_t term);

  /// Goes on as the copy of what was the home so far.
  void take_over(room_copies rooms, record_tail pending);

  /// Forgets everything.
  void clear();

  // -- requests of the home, of this term
  // ---------------------------------------

  roost::link::ShardReply replicate(roost::link::Replicate body, unix_time now);
  roost::link::ShardReply copy_rooms(const roost::link::CopyRooms& body,
                                     unix_time now);

  /// What the home before has not committed, when this node becomes home. False
  /// when the copy lacks what comes before it.
  bool take_tail(roost::link::Replicate body, unix_time now);

  // -- what there is
  // ------------------------------------------------------------

  /// Has everything that was ever acknowledged, as far as the views say that
  /// this node has seen.
  bool is_in_sync() const { return is_complete() && role_ == role::standby; }

  /// Has had everything at some time, and all records since.
  bool is_complete() const { return complete_ && !diverged_; }

  std::uint64_t committed() const { return pending_.first() - 1; }
  std::uint64_t has() const { return pending_.last(); }
  const room_copies& rooms() const { return rooms_; }
  const record_tail& pending() const { return pending_; }

  /// Of the histories.
  std::size_t bytes() const { return bytes_; }

  /// Drops what is past its time from the histories.
  void expire(unix_time now);

  /// Take what this node needs to become home.
  room_copies take_rooms();
  record_tail take_pending();

private:
  bool append(roost::link::Replicate& body);
  void commit_to(std::uint64_t number, unix_time now);
  void apply(std::uint64_t number, const room_record& record, unix_time now);
  room_log* find_or_start(std::uint64_t number, const room_record& record);
  template <class Change>
  void change(room_log& log, Change f);
  void drop(const std::string& room);

  const config::channel_section* channels_;
  room_log_limits limits_;
  epoch_source* epochs_;

  role role_ = role::none;
  std::uint64_t term_ = 0;
  bool greeted_ = false;      // by the home of this term
  std::uint64_t attempt_ = 0; // to catch up; 0: none in this term
  bool complete_ = false;
  bool diverged_ = false; // a record did not fit: only another attempt helps

  room_copies rooms_;
  record_tail pending_;
  std::size_t bytes_ = 0;
};

} // namespace actors
