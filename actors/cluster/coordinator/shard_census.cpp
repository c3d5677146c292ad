#include "actors/cluster/coordinator/shard_census.hpp"

namespace actors {

shard_census take_census(const roost::link::View& view, std::string_view self,
                         std::uint32_t replicas) {
  shard_census result;
  for (int i = 0; i < view.homes_size(); ++i) {
    const auto home = view.homes(i);
    if (home < 0)
      ++result.without_home;
    else if (view.members(home).node() == self)
      ++result.homes;
    const auto standbys =
        i < view.copies_size() ? view.copies(i).standbys_size() : 0;
    if (static_cast<std::uint32_t>(standbys) < replicas)
      ++result.lacking_copies;
  }
  return result;
}

} // namespace actors
