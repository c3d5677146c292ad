#include "actors/cluster/membership/settled_shards.hpp"

#include <utility>

namespace actors {

void settled_shards::install(const roost::link::View& view,
                             const std::string& self) {
  auto old = std::exchange(moves_, {});
  for (int i = 0; i < view.homes_size() && i < view.donors_size(); ++i) {
    const auto home = view.homes(i);
    if (view.donors(i).empty() || home < 0 || view.members(home).node() != self)
      continue;
    const auto shard = static_cast<std::uint32_t>(i);
    const auto known = old.find(shard);
    if (known != old.end() && known->second.donor == view.donors(i))
      moves_.emplace(shard, std::move(known->second));
    else
      moves_.emplace(shard, move{view.donors(i), view.number(), false});
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
