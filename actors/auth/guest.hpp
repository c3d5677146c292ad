#pragma once

#include <string_view>

namespace actors {

/// Guests are who comes with a token of the demo page, which anybody gets. They
/// may use the rooms of this namespace alone, and their user ids start with it,
/// so that none is that of somebody else.
constexpr std::string_view guest_prefix = "demo:";

/// Whether a guest may be in `room`. Its namespace says what he may do there.
constexpr bool is_room_of_guests(std::string_view room) {
  return room.starts_with(guest_prefix);
}

} // namespace actors
