#pragma once

#include <cstdint>

namespace net::load {

/// What a receiver saw, summed over its publishers.
struct sequence_counts {
  std::uint64_t skipped = 0;      ///< Numbers passed over and not seen since.
  std::uint64_t duplicates = 0;   ///< Numbers seen before.
  std::uint64_t out_of_order = 0; ///< Numbers that came after a higher one.

  friend bool operator==(const sequence_counts&,
                         const sequence_counts&) = default;
};

/// Follows the numbers of one publisher at one receiver. Remembers the last 64
/// of them: a number that comes later than that counts as a duplicate.
class sequence {
public:
  void see(std::uint64_t number, sequence_counts& counts) {
    if (number == next_) {
      ++next_;
      seen_ = seen_ << 1 | 1;
      return;
    }
    see_other(number, counts);
  }

  /// The number after the highest one seen.
  std::uint64_t next() const { return next_; }

private:
  void see_other(std::uint64_t number, sequence_counts& counts) {
    if (number > next_) {
      auto gap = number - next_;
      counts.skipped += gap;
      seen_ = gap >= 63 ? 1 : seen_ << (gap + 1) | 1;
      next_ = number + 1;
      return;
    }
    auto age = next_ - 1 - number;
    auto bit = age < 64 ? std::uint64_t{1} << age : 0;
    if (bit == 0 || (seen_ & bit) != 0) {
      ++counts.duplicates;
      return;
    }
    seen_ |= bit;
    ++counts.out_of_order;
    --counts.skipped;
  }

  std::uint64_t next_ = 0;
  std::uint64_t seen_ = 0; // bit i: whether number next_ - 1 - i was seen
};

} // namespace net::load
