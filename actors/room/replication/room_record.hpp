#pragma once

#include "actors/messages.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace actors {

using unix_time = std::chrono::time_point<std::chrono::system_clock,
                                          std::chrono::milliseconds>;

/// One change of a room's log. Shares its publication with whoever else has it;
/// roost::link::RoomRecord is the same for another node.
struct room_record {
  enum class kind : std::uint8_t {
    started,         ///< `epoch` starts, with offset 0.
    published,       ///< `publication`, whose offset is 0 when it is not kept.
    history_removed, ///< Offset and epoch go on.
    ended,           ///< The room is forgotten.
  };

  kind what = kind::started;
  std::string room; ///< Only where it leaves the room.
  std::string epoch;

  // Of what was published.
  publication_ptr publication;
  unix_time at{};
  std::string idempotency_key; ///< Empty: none.
  unix_time key_expires{};
  std::uint64_t version = 0; ///< 0: none.
  std::string version_epoch;
  /// It may be sent as a delta. Copies are not told: those that inherit what is
  /// in flight send it whole.
  bool delta = false;

  /// What it takes in memory and on the way to another node, about.
  std::size_t bytes() const;
};

/// The end of `room`, whose epoch this was.
room_record end_of_room(std::string room, std::string epoch);

/// Writes `record` for another node.
void to_wire(const room_record& record, roost::link::RoomRecord& out);

/// The same without a copy of the publication, for an `out` on an arena that
/// ends before it does.
void lend_to_wire(const room_record& record, roost::link::RoomRecord& out);

/// Nothing when `record` says nothing that is known here.
std::optional<room_record> from_wire(roost::link::RoomRecord record);

std::int64_t to_ms(unix_time t);
unix_time from_ms(std::int64_t ms);

} // namespace actors
