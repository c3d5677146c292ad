#pragma once

#include "actors/lane/lane.hpp"
#include "actors/room/replication/replication_copy.hpp"
#include "actors/room/room.hpp"
#include "actors/room/room_count.hpp"
#include "actors/room/room_pieces.hpp"
#include "actors/room/rooms_context.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace actors {

/// The rooms of a shard at its home. Those that somebody has asked for have an
/// actor; the others are dormant: replicated rooms that came as logs, from when
/// another node was the home, and nobody has asked for since.
class shard_rooms {
public:
  /// A room with an actor. A room may end while it is called and must not be
  /// the last to hold itself, so this is passed on by value.
  struct living_room {
    caf::actor handle;
    room* object = nullptr;

    /// Calls `f(room&)` as a handler of the room.
    template <class F>
    void call(F f) const {
      object->in_handler([&] { f(*object); });
    }
  };

  /// The rooms live on `where`. Everything outlives this.
  shard_rooms(lane& where, rooms_context& context, room_host& host)
      : lane_(where), context_(context), host_(host) {}

  // -- one --------------------------------------------------------------------

  /// The room, if it has an actor.
  std::optional<living_room> find(const std::string& id) const;

  /// Gives the room an actor, if it is dormant.
  std::optional<living_room> wake(const std::string& id);

  /// Makes a room that is neither. `options` outlives it.
  living_room make(const std::string& id,
                   const config::channel_options& options);

  /// The actor of a room has ended.
  void ended(const room& x);

  // -- all --------------------------------------------------------------------

  /// Those with an actor.
  std::size_t living() const { return living_.size(); }

  bool has_dormant() const { return !dormant_.empty(); }

  /// Those with an actor, which may end meanwhile.
  void for_each(const std::function<void(room&)>& f) const;

  /// Reads them as they are when they are read; must not outlive this.
  room_source to_read(bool replicated_only) const;

  /// Adds those that do not live yet.
  void add_dormant(room_copies rooms);

  /// Drops old publications of dormant rooms, and those of which nothing is
  /// left once `ends(id, log)` agrees.
  void expire_dormant(
      unix_time now,
      const std::function<bool(const std::string&, const room_log&)>& ends);

  /// Ends the replicated rooms: what a copy goes on with. What waits in them is
  /// appended to `waiting`.
  room_copies take_replicated(room::waiting_list& waiting);

  /// Ends all but these.
  void keep_only(const std::vector<std::string>& ids);

  /// Ends all.
  void drop();

private:
  struct living_entry {
    living_room home;
    room_count counted;
  };

  struct dormant_entry {
    room_copy copy;
    room_count counted;
  };

  lane& lane_;
  rooms_context& context_;
  room_host& host_;
  std::unordered_map<std::string, living_entry> living_;
  std::unordered_map<std::string, dormant_entry> dormant_;
};

} // namespace actors
