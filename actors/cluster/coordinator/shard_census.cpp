#include "actors/cluster/coordinator/shard_census.hpp"

#include "actors/room/view_reader.hpp"

namespace actors {

shard_census take_census(const roost::link::View& view, std::string_view self,
                         std::uint32_t replicas) {
  shard_census result;
  const view_reader reader{view};
  for (std::uint32_t shard = 0; shard < reader.shard_count(); ++shard) {
    const auto* home = reader.home_of(shard);
    if (home == nullptr)
      ++result.without_home;
    else if (*home == self)
      ++result.homes;
    if (reader.standby_count(shard) < replicas)
      ++result.lacking_copies;
  }
  return result;
}

} // namespace actors
