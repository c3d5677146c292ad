#pragma once

#include "actors/messages.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace actors {

/// Where the rooms of a shard are read from.
struct room_source {
  std::function<std::vector<std::string>()> names;

  /// Appends what another node needs of a room, in pieces of about the given
  /// size; nothing when the room is gone.
  std::function<void(const std::string& room, std::size_t bytes,
                     std::deque<roost::link::RoomSnapshot>&)>
      read;
};

/// Reads rooms in portions of about a size. A room is read only when its turn
/// comes, at once, so nothing is in memory twice but the portion under way; one
/// portion never mixes the rest of a room with what is read later.
class room_pieces {
public:
  using snapshots =
      google::protobuf::RepeatedPtrField<roost::link::RoomSnapshot>;

  /// `names` are read from the back.
  room_pieces(std::vector<std::string> names, room_source source)
      : names_(std::move(names)), source_(std::move(source)) {}

  /// Appends the next portion. True when it starts with a room that nothing was
  /// read of before.
  bool take(std::size_t max_bytes, snapshots& out);

  /// Whether pieces of a room are left that was read for an earlier portion.
  bool within_room() const { return !pieces_.empty(); }

  bool done() const { return pieces_.empty() && names_.empty(); }

  /// Rooms of which nothing has been read.
  const std::vector<std::string>& untouched() const { return names_; }

private:
  std::vector<std::string> names_;
  room_source source_;
  std::deque<roost::link::RoomSnapshot> pieces_; // read, not yet taken
};

} // namespace actors
