#pragma once

#include "actors/lane/lane.hpp"
#include "actors/room/shard/hand_over.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace actors {

// Where the rooms of a shard are, seen from this node: one of these, which
// holds what matters as long as it lasts.

/// No view yet, or no home in it: requests wait.
struct unplaced {};

/// Another node is the home.
struct elsewhere {
  /// Who was given our rooms; empty: nobody.
  std::string given_to;
};

/// This node is the home, but another one still has the rooms.
struct awaiting {
  std::string donor;
  std::uint64_t since = 0;            ///< The view that it began with.
  lane::clock::time_point began_at{}; ///< Nothing is served from then on.
};

/// This node is the home.
struct serving {
  /// All that was awaited since this view came.
  std::optional<std::uint64_t> taken_since;
};

/// Another node is the home and gets our rooms, part by part.
struct giving {
  std::uint64_t number = 0; ///< Among all that its shard has given.
  std::string receiver;
  hand_over gift;
  lane::clock::time_point until{}; ///< No part is repeated after this.
};

using shard_place =
    std::variant<unplaced, elsewhere, awaiting, serving, giving>;

/// Whether another node is the home.
inline bool is_elsewhere(const shard_place& place) {
  return std::holds_alternative<elsewhere>(place)
         || std::holds_alternative<giving>(place);
}

/// Whether this node is the home and has got all that was to be handed over in
/// `view`.
inline bool has_taken_all(const shard_place& place, std::uint64_t view) {
  const auto* now = std::get_if<serving>(&place);
  return now && now->taken_since && view >= *now->taken_since;
}

/// Who gets our rooms, or has got them; empty: nobody.
inline std::string receiver_of(const shard_place& place) {
  if (const auto* now = std::get_if<giving>(&place))
    return now->receiver;
  if (const auto* now = std::get_if<elsewhere>(&place))
    return now->given_to;
  return {};
}

} // namespace actors
