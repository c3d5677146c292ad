#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace net::load {

/// How often which value came, in the manner of HDR histograms: every value
/// from 0 to 2^40 with an error below 1/128, in fixed memory, with one
/// addition for each value. Values are nanoseconds here; 2^40 of them are 18
/// minutes, and what is above counts as that.
class histogram {
public:
  histogram();

  void record(std::uint64_t value) {
    ++(*counts_)[index_of(value)];
    ++count_;
    if (value > max_)
      max_ = value;
  }

  /// Adds what another one counted.
  void add(const histogram& other);

  void clear();

  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }

  /// The value that `percent` of all values do not exceed, rounded up to the
  /// end of its bucket but not above `max`; 0 when there are none.
  std::uint64_t percentile(double percent) const;

  double mean() const;

private:
  static constexpr unsigned sub_bits = 7;
  static constexpr unsigned value_bits = 40;
  static constexpr std::size_t sub_buckets = std::size_t{1} << sub_bits;
  static constexpr std::size_t buckets =
      (value_bits - sub_bits + 1) * sub_buckets;

  // Values below 128 have a bucket each; then every power of two is cut into
  // 128 equal buckets.
  static std::size_t index_of(std::uint64_t value) {
    if (value < sub_buckets)
      return value;
    if (value >> value_bits != 0)
      return buckets - 1;
    auto shift = static_cast<unsigned>(std::bit_width(value)) - sub_bits - 1;
    return (shift + 1) * sub_buckets + (value >> shift) - sub_buckets;
  }

  /// The largest value of a bucket.
  static std::uint64_t end_of(std::size_t index);

  std::unique_ptr<std::array<std::uint64_t, buckets>> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

} // namespace net::load
