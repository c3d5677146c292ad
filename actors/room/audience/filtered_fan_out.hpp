#pragma once

#include "actors/room/audience/fan_out.hpp"
#include "actors/room/audience/filter_groups.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>

namespace actors {

/// The events that wait in a room for the subscribers with filters. Each filter
/// is asked once, and those that let the same through share the same frames.
class filtered_fan_out {
public:
  /// What it is given outlives it. `everything` serves who has no filter, or
  /// one that lets everything through. `groups` may be null where nobody has
  /// one.
  filtered_fan_out(fan_out& everything, const filter_groups* groups)
      : everything_(&everything), groups_(groups) {}

  /// For the subscribers of a group.
  fan_out& of(std::uint32_t group) {
    return group == filter_groups::none ? *everything_ : for_group(group);
  }

  /// How many frames were made beside those of everything.
  std::size_t frames_made() const;

private:
  fan_out& for_group(std::uint32_t group);
  fan_out& choose(const tags_filter& filter);

  fan_out* everything_;
  const filter_groups* groups_;
  std::map<selection, std::unique_ptr<fan_out>> by_selection_;
  std::unordered_map<std::uint32_t, fan_out*> by_group_;
};

} // namespace actors
