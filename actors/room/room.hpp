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
#include <memory>
#include <string>
#include <vector>

namespace actors {

class room;

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

  /// The room has ended, by itself or by an exception.
  virtual void room_ended(const std::string& name) = 0;

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

  /// Answers `request`, whose origin is set; takes `promise` if it will answer
  /// later.
  void handle(roost::link::RoomRequest& request,
              caf::response_promise& promise);

  /// Forgets the connections and audiences of `node`.
  void node_left(const std::string& node);

  /// Appends what a new home needs to `out`.
  void snapshot(std::size_t max_bytes,
                std::deque<roost::link::RoomSnapshot>& out);

  void restore(const roost::link::RoomSnapshot& piece);

  /// No more pieces will come.
  void restored();

  /// Sends what waits.
  void flush();

  /// The room does not live here any more; whoever is attached knows.
  void end();

  const std::string& id() const { return id_; }
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
  room_answer history(const roost::link::History& body);
  room_answer arrive(const std::string& node, roost::link::Arrive& body);
  room_answer depart(const std::string& node, const roost::link::Depart& body);
  room_answer presence() const;
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
  lane_timer expiry_;
  unix_time expiry_at_;

  // What was added to the lane's gauges for this room.
  std::int64_t counted_history_ = 0;
  std::int64_t counted_bytes_ = 0;
  std::int64_t counted_presence_ = 0;
};

} // namespace actors
