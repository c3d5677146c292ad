#include "actors/cluster/view_check.hpp"

#include "actors/cluster/coordinator/placement.hpp"

#include <vector>

namespace actors {

using roost::link::Copies;
using roost::link::View;

namespace {

bool is_sound(const Copies& x, std::int32_t home, const View& view) {
  std::vector<std::int32_t> holders;
  for (const auto* copies : {&x.standbys(), &x.learners()})
    for (const auto i : *copies) {
      if (i < 0 || i >= view.members_size() || i == home)
        return false;
      for (const auto other : holders)
        if (other == i)
          return false;
      holders.push_back(i);
    }
  return x.term() <= view.number() && x.anew() <= x.term()
         && (home != no_member || holders.empty());
}

} // namespace

std::string what_is_wrong(const View& view, std::uint32_t shards) {
  const auto homes = view.homes_size();
  if (homes != static_cast<int>(shards) || view.donors_size() != homes
      || view.copies_size() != homes)
    return "places " + std::to_string(homes) + " shards, and cluster.shards is "
           + std::to_string(shards) + " here";
  for (int i = 0; i < homes; ++i) {
    const auto home = view.homes(i);
    if (home < no_member || home >= view.members_size())
      return "has no member for the home of shard " + std::to_string(i);
    if (!is_sound(view.copies(i), home, view))
      return "has copies of shard " + std::to_string(i)
             + " that contradict each other";
  }
  return {};
}

} // namespace actors
