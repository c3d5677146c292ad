#include "actors/cluster/membership/settled_shards.hpp"

#include "actors/room/view_reader.hpp"

#include <utility>

namespace actors {

void settled_shards::install(const roost::link::View& view,
                             const std::string& self) {
  auto old = std::exchange(moves_, {});
  const view_reader reader{view};
  for (std::uint32_t shard = 0; shard < reader.shard_count(); ++shard) {
    const auto& donor = reader.donor_of(shard);
    const auto* home = reader.home_of(shard);
    if (donor.empty() || home == nullptr || *home != self)
      continue;
    const auto known = old.find(shard);
    if (known != old.end() && known->second.donor == donor)
      moves_.emplace(shard, std::move(known->second));
    else
      moves_.emplace(shard, move{donor, view.number(), false});
  }
}

void settled_shards::add(std::uint32_t shard, std::uint64_t view) {
  const auto i = moves_.find(shard);
  // Of an earlier move it says nothing about this one.
  if (i != moves_.end() && view >= i->second.since)
    i->second.done = true;
}

std::vector<std::uint32_t> settled_shards::received() const {
  std::vector<std::uint32_t> result;
  for (const auto& [shard, x] : moves_)
    if (x.done)
      result.push_back(shard);
  return result;
}

} // namespace actors
