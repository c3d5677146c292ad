#include "actors/room/audience/filter_groups.hpp"

#include <utility>

namespace actors {

std::uint32_t filter_groups::join(std::shared_ptr<const tags_filter> filter) {
  const auto known = by_key_.find(filter->key());
  if (known != by_key_.end()) {
    ++groups_[known->second - 1].members;
    return known->second;
  }
  if (free_.empty()) {
    groups_.emplace_back();
    free_.push_back(static_cast<std::uint32_t>(groups_.size()));
  }
  const auto number = free_.back();
  free_.pop_back();
  bytes_ += filter->bytes();
  by_key_.emplace(filter->key(), number);
  groups_[number - 1] = {std::move(filter), 1};
  return number;
}

void filter_groups::leave(std::uint32_t number) {
  auto& left = groups_[number - 1];
  if (--left.members > 0)
    return;
  bytes_ -= left.filter->bytes();
  by_key_.erase(left.filter->key());
  left.filter = nullptr;
  free_.push_back(number);
}

} // namespace actors
