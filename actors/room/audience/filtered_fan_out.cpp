#include "actors/room/audience/filtered_fan_out.hpp"

#include <algorithm>
#include <utility>

namespace actors {

fan_out& filtered_fan_out::for_group(std::uint32_t group) {
  auto& chosen = by_group_[group];
  if (chosen == nullptr)
    chosen = &choose(groups_->of(group));
  return *chosen;
}

fan_out& filtered_fan_out::choose(const tags_filter& filter) {
  selection wanted;
  everything_->for_each_publication([&](const room_event& x) {
    wanted.push_back(filter.matches(x.publication->tags()));
  });
  if (std::ranges::find(wanted, false) == wanted.end())
    return *everything_;
  const auto [entry, fresh] =
      by_selection_.try_emplace(std::move(wanted), nullptr);
  if (fresh)
    entry->second = std::make_unique<fan_out>(*everything_, entry->first);
  return *entry->second;
}

std::size_t filtered_fan_out::frames_made() const {
  std::size_t result = 0;
  for (const auto& [wanted, made] : by_selection_)
    result += made->frames_made();
  return result;
}

} // namespace actors
