#pragma once

#include "actors/room/audience/tags_filter.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace actors {

/// The filters of a room's subscribers, each once.
class filter_groups {
public:
  /// Of who has no filter.
  static constexpr std::uint32_t none = 0;

  /// The number of the group of all whose filter is the same tree.
  std::uint32_t join(std::shared_ptr<const tags_filter> filter);

  void leave(std::uint32_t number);

  const tags_filter& of(std::uint32_t number) const {
    return *groups_[number - 1].filter;
  }

  bool empty() const { return by_key_.empty(); }

  /// How many there are.
  std::size_t size() const { return by_key_.size(); }

  /// Of the filters.
  std::size_t bytes() const { return bytes_; }

private:
  struct group {
    std::shared_ptr<const tags_filter> filter; // null: the number is free
    std::size_t members = 0;
  };

  std::vector<group> groups_;
  std::vector<std::uint32_t> free_;
  std::unordered_map<std::string_view, std::uint32_t> by_key_;
  std::size_t bytes_ = 0;
};

} // namespace actors
