#include "actors/room/shard_copies.hpp"

namespace actors {

namespace {

template <class Positions>
std::vector<std::string> names(const roost::link::View& view,
                               const Positions& positions) {
  std::vector<std::string> result;
  for (const auto i : positions)
    if (i >= 0 && i < view.members_size())
      result.push_back(view.members(i).node());
  return result;
}

} // namespace

shard_copies copies_of(const roost::link::View& view, std::uint32_t shard) {
  if (static_cast<int>(shard) >= view.copies_size())
    return {};
  const auto& copies = view.copies(static_cast<int>(shard));
  shard_copies result{copies.term(),
                      names(view, copies.standbys()),
                      names(view, copies.learners()),
                      {}};
  for (const auto& x : copies.holders())
    result.holders.push_back(x.node());
  result.anew = copies.anew();
  return result;
}

bool is_drained(const roost::link::View& view, const std::string& node) {
  const auto& names = view.drained();
  return std::find(names.begin(), names.end(), node) != names.end();
}

} // namespace actors
