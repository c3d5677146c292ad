#pragma once

#include "actors/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace actors {

/// Gives a shard's rooms away, one part at a time: the same part again until
/// it was taken. Rooms are read only when their turn comes, so nothing is in
/// memory twice but the part under way.
class hand_over {
public:
  /// Appends what a new home needs of a room, in pieces of about the given
  /// size; nothing when the room is gone.
  using reader = std::function<void(const std::string& room, std::size_t bytes,
                                    std::deque<roost::link::RoomSnapshot>&)>;

  /// Bytes of one part, about.
  static constexpr std::size_t default_part_bytes = 256 * 1024;

  hand_over(std::uint32_t shard, std::vector<std::string> rooms, reader read,
            std::size_t part_bytes = default_part_bytes);

  /// The part under way.
  std::shared_ptr<roost::link::ShardRequest> part(std::uint64_t view);

  /// Whether the part under way is the last one.
  bool at_last();

  /// The new home has it: goes on to the next.
  void taken();

  /// Rooms of which nothing has been read for any part.
  const std::vector<std::string>& untouched() const { return rooms_; }

private:
  void fill();

  std::uint32_t shard_;
  std::vector<std::string> rooms_; // still to be read, from the back
  reader read_;
  std::size_t part_bytes_;
  std::deque<roost::link::RoomSnapshot> pieces_; // read, not yet in a part
  roost::link::HandOver part_;
  bool filled_ = false;
};

} // namespace actors
