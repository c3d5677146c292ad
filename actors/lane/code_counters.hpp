#pragma once

#include "actors/lane/counter.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace actors {

/// Codes that are counted one by one: `first` and those that follow it.
struct code_range {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

/// How often codes came up: one counter for each code of `Ranges`, and one for
/// all others together. One writer at a time, any number of readers.
template <code_range... Ranges>
class code_counters {
public:
  void add(std::uint32_t code) noexcept { counters_[slot_of(code)].add(); }

  /// How often `code` came up; how often the others did if it is of no range.
  std::uint64_t value(std::uint32_t code) const noexcept {
    return counters_[slot_of(code)].value();
  }

  /// How often codes came up that are of no range.
  std::uint64_t others() const noexcept { return counters_.back().value(); }

  /// Calls `visit(code)` for each code that has a counter of its own, in the
  /// order of the ranges.
  template <class Visit>
  static void each_code(Visit visit) {
    for (const auto& range : ranges)
      for (std::uint32_t i = 0; i < range.count; ++i)
        visit(range.first + i);
  }

private:
  static constexpr std::array ranges{Ranges...};
  static constexpr std::size_t others_slot =
      (std::size_t{0} + ... + Ranges.count);

  static constexpr std::size_t slot_of(std::uint32_t code) noexcept {
    std::size_t before = 0;
    for (const auto& range : ranges) {
      if (code >= range.first && code - range.first < range.count)
        return before + code - range.first;
      before += range.count;
    }
    return others_slot;
  }

  std::array<counter, others_slot + 1> counters_;
};

} // namespace actors
