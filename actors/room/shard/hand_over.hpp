#pragma once

#include "actors/messages.hpp"
#include "actors/room/room_pieces.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace actors {

/// Gives a shard's rooms away, one part at a time: the same part again until
/// it was taken.
class hand_over {
public:
  /// Bytes of one part, about.
  static constexpr std::size_t default_part_bytes = 256 * 1024;

  hand_over(std::uint32_t shard, room_source rooms,
            std::size_t part_bytes = default_part_bytes);

  /// Puts what is not committed yet into the first part.
  void set_tail(roost::link::Replicate tail);

  /// The part under way.
  std::shared_ptr<roost::link::ShardRequest> part(std::uint64_t view);

  /// Whether the part under way is the last one.
  bool at_last();

  /// The new home has it: goes on to the next.
  void taken();

  /// Rooms of which nothing has been read for any part.
  const std::vector<std::string>& untouched() const {
    return rooms_.untouched();
  }

private:
  void fill();

  std::uint32_t shard_;
  room_pieces rooms_;
  std::size_t part_bytes_;
  roost::link::HandOver part_;
  bool filled_ = false;
};

} // namespace actors
