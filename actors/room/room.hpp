#pragma once

#include "actors/lane/lane_actor.hpp"
#include "actors/lane/lane_timer.hpp"
#include "actors/messages.hpp"
#include "actors/room/presence_table.hpp"
#include "actors/room/room_log.hpp"
#include "actors/room/rooms_context.hpp"

#include <caf/response_promise.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace actors {

class room;

/// Whether rooms with these options have copies on other nodes. What has no
/// history is at most once anyway.
inline bool is_replicated(const config::channel_options& options) {
  return options.replicas > 0 && options.has_history();
}

room_log_limits log_limits(const config::limits_section& limits);

/// The answer to a publisher.
room_answer published_answer(const room_log::position& at, bool suppressed);

/// What a room needs of the shard that it lives in; on the same lane, outlives
/// the room's end.
class room_host {
public:
  virtual const rooms_context& context() const = 0;

  /// The view that the shard acts on.
  virtual const cluster_view& view() const = 0;

  virtual std::uint32_t shard_number() const = 0;

  /// Where new epochs come from.
  virtual epoch_source& epochs() = 0;

  virtual unix_time now() const = 0;

  /// Why no change of a replicated room can be made now; empty when it can.
  virtual std::string_view refuses_changes() const = 0;

  /// Brings a change to the copies, and calls `room::committed` with the number
  /// that it returns once they have it, after this handler.
  virtual std::uint64_t replicate(room_record record) = 0;

  /// The room has ended, by itself or by an exception.
  virtual void room_ended(const room& ended, bool failed) = 0;

protected:
  ~room_host() = default;
};

/// Wrapped, since CAF turns raw actor pointers among spawn arguments into
/// handles.
struct room_host_ref {
  room_host* self = nullptr;
};

/// One room at its home: orders its publications, keeps its history, knows who
/// is in it, and tells the audiences that are attached.
///
/// Everything that happens in a turn of the lane goes out at its end, in one
/// message for each audience here and one for each other node. An answer that
/// says a position goes out behind what was before that position, on the same
/// path. The room ends by itself when it holds nothing that would be missed.
///
/// A room that has copies changes its log, answers and tells only what they
/// have; what waits for that, waits in order. What only asks is answered from
/// the log at once, but for a room whose epoch is about to begin.
class room final : public lane_actor, private turn_end_task {
public:
  /// A room that holds nothing ends after this, so that one with short visits
  /// need not be made for each.
  static constexpr std::chrono::milliseconds linger{5'000};

  /// `options` and what `host` names outlive the actor.
  room(caf::actor_config& cfg, room_host_ref host, std::string id,
       const config::channel_options* options);
  ~room() override;

  // -- called by its shard, inside in_handler ---------------------------------

  /// What waits for the copies.
  struct waiting {
    /// Of the record; 0: waits for what is before it only.
    std::uint64_t number = 0;
    std::unique_ptr<room_record> record; ///< To be applied here alone.
    std::shared_ptr<roost::link::RoomRequest> request; ///< To be answered then.
    room_answer reply;                                 ///< To be given then.
    caf::response_promise promise;
  };

  using waiting_list = std::list<waiting>; // one that is empty costs nothing

  /// Answers `request`, whose origin is set; takes `promise` if it will answer
  /// later.
  void handle(const std::shared_ptr<roost::link::RoomRequest>& request,
              caf::response_promise& promise);

  /// Forgets the connections and audiences of `node`.
  void node_left(const std::string& node);

  /// Appends what a new home needs to `out`.
  void snapshot(std::size_t max_bytes,
                std::deque<roost::link::RoomSnapshot>& out);

  void restore(const roost::link::RoomSnapshot& piece);

  /// No more pieces will come.
  void restored();

  /// Goes on with a log that had no actor.
  void wake(room_log log);

  /// A home before this one has prepared `record`.
  void expect(std::uint64_t number, const room_record& record);

  /// The copies have the record with `number`.
  void committed(std::uint64_t number, const room_record& record);

  /// Answers with an error who waits for the records up to `number`. They may
  /// still be committed.
  void give_up_waiting(std::uint64_t number);

  /// Nothing more will be committed.
  void abandon_flight();

  /// What a copy takes over; the room is to be ended.
  room_log take_log();
  waiting_list take_waiting();

  /// Sends what waits.
  void flush();

  /// The room does not live here any more; whoever is attached knows.
  void end();

  const std::string& id() const { return id_; }
  bool replicated() const { return is_replicated(*options_); }
  const std::string& epoch() const { return log_.epoch(); }
  const char* name() const override { return "room"; }
  void on_exit() override;

private:
  struct attachment {
    std::string node;
    std::uint64_t lanes = 0;
  };

  room_answer answer(roost::link::RoomRequest& request);
  room_answer attach(const std::string& node, const roost::link::Attach& body);
  room_answer detach(const std::string& node, const roost::link::Detach& body);
  room_answer publish(roost::link::Publish& body);
  void publish_replicated(roost::link::Publish& body,
                          caf::response_promise& promise);
  void remove_replicated_history(caf::response_promise& promise);
  void
  handle_replicated(const std::shared_ptr<roost::link::RoomRequest>& request,
                    caf::response_promise& promise);
  bool has_inherited_flight() const;
  bool is_behind(const roost::link::RoomRequest& request) const;
  bool begin_epoch(caf::response_promise& promise);
  void append(room_record record, room_answer reply,
              caf::response_promise promise);
  void wait(waiting x);
  std::string_view refuses_to_wait() const;
  void settle(waiting& x, const room_record* record);
  void settle_those_in_front();
  void refuse_waiting();
  bool forget_copies();
  room_answer history(const roost::link::History& body);
  room_answer arrive(const std::string& node, roost::link::Arrive& body);
  room_answer depart(const std::string& node, const roost::link::Depart& body);
  room_answer presence(const roost::link::Presence& body) const;
  room_answer presence_stats() const;
  room_answer info() const;

  void happened(room_event event);
  void at_turn_end() override;
  bool needed() const;
  void expire();
  void plan_expiry();
  void count();

  room_host* host_;
  std::string id_;
  const config::channel_options* options_;
  room_log log_;
  presence_table presence_;
  std::vector<attachment> attached_;
  std::shared_ptr<room_events> pending_;
  waiting_list waiting_;        // for the copies, in order
  std::uint64_t inherited_ = 0; // last record of an earlier home in flight
  bool over_ = false;           // it was meant to end
  lane_timer expiry_;
  unix_time expiry_at_;

  // What was added to the lane's gauges for this room.
  gauge_part counted_history_;
  gauge_part counted_bytes_;
  gauge_part counted_presence_;
};

} // namespace actors
