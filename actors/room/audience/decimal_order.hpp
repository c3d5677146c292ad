#pragma once

#include <compare>
#include <string_view>

namespace actors {

/// Compares decimals (`-12.50`, `+3`) of any length exactly; unordered where
/// one of them is none.
std::partial_ordering compare_decimals(std::string_view a,
                                       std::string_view b) noexcept;

} // namespace actors
