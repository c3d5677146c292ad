#pragma once

#include "actors/lane/deadline_queue.hpp"
#include "actors/lane/lane_timer.hpp"
#include "actors/room/replication/replication_home.hpp"
#include "actors/room/shard/shard_rooms.hpp"

#include <caf/response_promise.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace actors {

class shard;

/// What a shard does for its replicated rooms as long as this node is their
/// home: brings their changes to the copies, and tells the rooms, and who waits
/// for a number, what they have. Once it is gone nothing more is committed:
/// whoever still waits has been refused.
class shard_replication final : private turn_end_task {
public:
  /// Everything outlives it. Goes on with `pending`, else anew. `id` names it
  /// among those that its shard has had.
  shard_replication(shard& owner, room_host& host, shard_rooms& rooms,
                    std::uint64_t id, std::optional<record_tail> pending);
  ~shard_replication() override;

  std::uint64_t id() const { return id_; }

  const replication_home& state() const { return home_; }

  /// A view gives the shard these copies, or the same as before.
  void start_term(const shard_copies& copies);

  /// The links are others: what failed is sent again at once.
  void retry();

  /// Brings a change to the copies, from the end of this turn on. Returns its
  /// number. Who waits for it is refused after `request_timeout`.
  std::uint64_t append(room_record record);

  /// Tells the rooms what is committed.
  void commit();

  /// Answers `promise` once the record with `number` is committed.
  void when_committed(std::uint64_t number, caf::response_promise promise);

  /// The answer of the copy at `to` to the request with `ticket`.
  void answered(const std::string& to, std::uint64_t ticket,
                const roost::link::ShardReply& reply);

  /// Why no change can be made now; empty when it can.
  std::string_view refusal() const;

  /// What is in flight, for a copy that goes on with it here.
  record_tail take_pending() { return home_.take_pending(); }

private:
  struct waiting_commit {
    std::uint64_t number = 0;
    caf::response_promise promise;
  };

  void expect_pending();
  void carry_soon();
  void at_turn_end() override;
  void carry();
  void send(replication_home::outgoing x);
  void report();
  void give_up_late();
  bool lease_holds() const;
  lane& home_lane() const;

  shard& owner_;
  room_host& host_;
  shard_rooms& rooms_;
  const std::uint64_t id_;
  replication_home home_;
  deadline_queue<std::uint64_t> deadlines_; // of records, by number
  std::vector<waiting_commit> waiting_;
  lane_timer carry_again_;
  gauge_part counted_flight_;
};

} // namespace actors
