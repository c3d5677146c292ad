#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace actors {

/// Nobody, where a position in a list of members is expected.
constexpr std::int32_t no_member = -1;

/// What placement knows of a member.
struct placement_member {
  std::uint32_t weight = 0; ///< Its part of the shards; 0 takes none.
  bool leaving = false;     ///< Takes none, and gives away what it has.

  bool takes_shards() const { return weight > 0 && !leaving; }
};

/// What placement knows of a shard. Members are named by their position.
struct placement_shard {
  std::int32_t home = no_member;
  /// Must stay at `home` while that is a member: its rooms are on their way
  /// there. Without a home it must stay without.
  bool pinned = false;
  /// Where it would rather go than elsewhere when it has to move.
  std::int32_t preferred = no_member;
};

/// How many shards each member should have: its exact share by weight, rounded
/// down or up. Who already has more is rounded up first, so that no shard moves
/// for the sake of rounding.
std::vector<std::uint32_t>
shares_of(const std::vector<placement_shard>& shards,
          const std::vector<placement_member>& members);

/// The new home of each shard: shares by weight with as few moves as possible.
/// The same input gives the same output everywhere, and what it gives is stable
/// when put in again. Without a member that takes shards everything stays.
std::vector<std::int32_t> place(const std::vector<placement_shard>& shards,
                                const std::vector<placement_member>& members);

} // namespace actors
