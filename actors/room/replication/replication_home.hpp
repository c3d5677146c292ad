#pragma once

#include "actors/room/replication/copy_feed.hpp"
#include "actors/room/replication/record_tail.hpp"
#include "actors/room/replication/replication_limits.hpp"
#include "actors/room/room_pieces.hpp"
#include "actors/room/shard_copies.hpp"
#include "proto/link.pb.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace actors {

/// Replication of one shard at its home: numbers the records of its rooms,
/// brings them to all copies, and says when they are committed: every copy that
/// is in sync has them. What is not committed is in flight.
///
/// No actor, no socket, no clock: the owner takes what is committed
/// (`commit_next`) until there is no more, then carries away what is to be sent
/// (`to_send`), and comes back with the answers and at `due`.
class replication_home {
public:
  using time_point = copy_feed::time_point;

  struct outgoing {
    std::string to;
    std::uint64_t ticket = 0; ///< For `answered`.
    std::shared_ptr<roost::link::ShardRequest> request;
    std::size_t bytes = 0; ///< Of it, about.
    bool at_once = false;  ///< The copy answers it at once.
  };

  struct committed_record {
    std::uint64_t number = 0;
    const room_record* record = nullptr; ///< Until the next `to_send`.
  };

  /// `rooms` is asked when a learner is caught up, and must answer with what is
  /// committed. Goes on with `pending`, all below its first record is
  /// committed. With nothing it starts the shard anew: who is a standby already
  /// has something else, and must go.
  replication_home(std::uint32_t shard, const replication_limits& limits,
                   room_source rooms, std::optional<record_tail> pending);

  /// A view gives the shard these copies, or shows the same again.
  void start_term(const shard_copies& copies);

  // -- records ----------------------------------------------------------------

  /// Returns the number of the record.
  std::uint64_t append(room_record record);

  /// Commits the next record, if it may be. Without copies in sync the node's
  /// lease must hold.
  std::optional<committed_record> commit_next(bool lease_holds);

  /// Why nothing more should be appended now; empty when it may.
  std::string_view refusal(bool lease_holds) const;

  /// Why nothing will be committed before this node hears of a coordinator, or
  /// of its copies; empty when it may be.
  std::string_view cut_off(bool lease_holds) const;

  std::uint64_t committed() const { return stock_.committed; }
  std::uint64_t last() const { return stock_.tail.last(); }
  std::uint64_t in_flight() const { return last() - committed(); }

  /// A record in flight.
  const room_record& operator[](std::uint64_t number) const {
    return stock_.tail[number];
  }

  // -- copies -----------------------------------------------------------------

  /// What to send now, in order for each receiver.
  std::vector<outgoing> to_send(time_point now);

  /// `reply` with an error also stands for a request that got lost.
  void answered(const std::string& from, std::uint64_t ticket,
                const roost::link::ShardReply& reply, time_point now);

  /// A link was replaced: what failed is sent again at once.
  void retry();

  /// When to call `commit_next` and `to_send` again, if nothing else happens.
  std::optional<time_point> due(time_point now) const;

  /// What the coordinator must be told, if that is something new.
  std::optional<roost::link::CopiesReport> take_report();

  std::uint64_t term() const { return stock_.term; }

  /// Whether `node` has all that is committed.
  bool is_in_sync(const std::string& node) const;

  /// Requests that failed.
  std::uint64_t failures() const { return failures_; }

  // -- the end ----------------------------------------------------------------

  /// What is in flight, for the next home.
  roost::link::Replicate tail() const;

  /// The same for a copy that this node keeps.
  record_tail take_pending();

private:
  bool has_copies() const;
  bool may_commit(bool lease_holds) const;
  void trim();

  replication_stock stock_;
  bool started_ = false; // a first term
  bool anew_ = false;    // in it
  std::size_t bytes_in_flight_ = 0;
  std::vector<copy_feed> feeds_;
  std::uint64_t tickets_ = 0;
  std::uint64_t failures_ = 0;
  std::string reported_; // serialised
};

} // namespace actors
