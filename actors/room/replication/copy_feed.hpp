#pragma once

#include "actors/room/replication/record_tail.hpp"
#include "actors/room/replication/replication_limits.hpp"
#include "actors/room/room_pieces.hpp"
#include "proto/link.pb.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace actors {

/// What a home feeds its copies from.
struct replication_stock {
  std::uint32_t shard = 0;
  std::uint64_t term = 0;
  std::uint64_t committed = 0;
  std::uint64_t attempts = 0; ///< To catch learners up.
  record_tail tail;           ///< All that a copy may still need.
  room_source rooms;          ///< As of `committed`.
  replication_limits limits;
};

/// What the home of a shard knows of one copy, and what it sends next: records
/// in order, a few requests at a time; to a learner the rooms as well. No actor
/// and no clock.
class copy_feed {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit copy_feed(std::string name) : name_(std::move(name)) {}

  /// A new term, in which the node is a standby or a learner. Whatever is not
  /// committed is sent again.
  void start_term(bool standby, const replication_stock& stock);

  /// The standby's copy is of something else: sends it nothing, and lets
  /// nothing be committed until the view is without it.
  void give_up() { lost_ = given_up_ = true; }

  struct sending {
    std::shared_ptr<roost::link::ShardRequest> request;
    std::size_t bytes = 0; ///< Of it, about.
    /// The copy answers at once: it is in this term, and nothing but records is
    /// on the way to it.
    bool at_once = false;
  };

  /// The next request, or null when there is nothing to send now.
  sending next(replication_stock& stock, std::uint64_t ticket, time_point now);

  /// The answer to the request with `ticket`.
  void answered(std::uint64_t ticket, const roost::link::ShardReply& reply,
                const replication_stock& stock, time_point now);

  /// The way to the node is another one: tries again at once.
  void retry() { retry_at_.reset(); }

  /// Takes note of a copy that does not keep up.
  void watch(const replication_stock& stock, time_point now);

  /// When `next` or `watch` will have something to do.
  std::optional<time_point> due(const replication_stock& stock) const;

  const std::string& name() const { return name_; }

  /// Every record up to this is there.
  std::uint64_t has() const { return has_; }

  /// The oldest record that may have to be sent.
  std::uint64_t needs() const { return has_ + 1; }

  /// Whether nothing is committed without it.
  bool counts() const { return counts_; }

  /// A learner that has everything.
  bool caught_up() const { return counts_ && !standby_; }

  bool lost() const { return lost_; }

  /// Whether records must be kept for it.
  bool fed() const { return begun_ && !is_left_alone(); }

  /// The last request failed.
  bool broken() const { return broken_; }

private:
  bool is_left_alone() const { return given_up_ || (lost_ && !counts_); }
  void start_again();
  void fail(time_point now, const replication_stock& stock);
  sending next_part(replication_stock& stock);
  sending next_records(const replication_stock& stock, time_point now);
  bool may_tell(const replication_stock& stock) const;

  std::string name_;
  bool standby_ = false;
  bool counts_ = false;
  bool lost_ = false;
  bool given_up_ = false;

  // Records.
  std::uint64_t has_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t told_ = 0; // the last `committed` sent
  bool greeted_ = false;   // something was sent in this term
  bool settled_ = false;   // all of that was answered once
  std::optional<time_point> tell_at_;

  // Rooms, for a learner.
  std::optional<room_pieces> rooms_; // those still to be sent
  std::uint64_t attempt_ = 0;
  std::uint64_t read_at_ = 0; // committed, when the last pieces were read
  bool begun_ = false;
  bool part_under_way_ = false;
  bool complete_ = false;

  // Requests. Tickets below `valid_from_` are of a time before a failure.
  std::size_t under_way_ = 0;
  std::uint64_t valid_from_ = 0;
  std::uint64_t next_ticket_ = 0;
  bool broken_ = false;
  std::optional<time_point> retry_at_;
  std::optional<time_point> waiting_since_;
  std::optional<time_point> lagging_since_;
};

} // namespace actors
