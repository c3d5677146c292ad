#include "actors/room/audience/decimal_order.hpp"

#include <algorithm>
#include <optional>

namespace actors {

namespace {

/// Without zeros that mean nothing, so that equal numbers have equal parts.
struct decimal {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
};

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c >= '0' && c <= '9';
  });
}

std::optional<decimal> read_decimal(std::string_view text) {
  decimal out;
  if (text.starts_with('-') || text.starts_with('+')) {
    out.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  auto point = text.find('.');
  out.whole = text.substr(0, point);
  if (!all_digits(out.whole))
    return std::nullopt;
  if (point != std::string_view::npos) {
    out.fraction = text.substr(point + 1);
    if (!all_digits(out.fraction))
      return std::nullopt;
  }
  out.whole.remove_prefix(
      std::min(out.whole.find_first_not_of('0'), out.whole.size()));
  out.fraction = out.fraction.substr(0, out.fraction.find_last_not_of('0') + 1);
  if (out.whole.empty() && out.fraction.empty())
    out.negative = false;
  return out;
}

std::strong_ordering compare_sizes(const decimal& a, const decimal& b) {
  if (auto order = a.whole.size() <=> b.whole.size(); order != 0)
    return order;
  if (auto order = a.whole <=> b.whole; order != 0)
    return order;
  return a.fraction <=> b.fraction;
}

} // namespace

std::partial_ordering compare_decimals(std::string_view a,
                                       std::string_view b) noexcept {
  auto left = read_decimal(a);
  auto right = read_decimal(b);
  if (!left || !right)
    return std::partial_ordering::unordered;
  if (left->negative != right->negative)
    return left->negative ? std::partial_ordering::less
                          : std::partial_ordering::greater;
  return left->negative ? compare_sizes(*right, *left)
                        : compare_sizes(*left, *right);
}

} // namespace actors
