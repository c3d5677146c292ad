#pragma once

#include "proto/link.pb.h"

#include <cstdint>
#include <string_view>

namespace actors {

/// How the shards of a view do.
struct shard_census {
  std::uint32_t homes = 0;          ///< At the node that counts.
  std::uint32_t without_home = 0;   ///< Nobody serves them.
  std::uint32_t lacking_copies = 0; ///< Fewer standbys than replicas.
};

/// Counts for the node `self`. `replicas` is what the configuration asks for:
/// where there are too few nodes for that, shards lack copies, too.
shard_census take_census(const roost::link::View& view, std::string_view self,
                         std::uint32_t replicas);

} // namespace actors
