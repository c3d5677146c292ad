#pragma once

#include "actors/lane/counter.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

namespace actors {

/// How long something took; one writer at a time, any number of readers.
class duration_histogram {
public:
  /// Upper bounds of the buckets, in seconds; the last bucket has none.
  static constexpr std::array bounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025,
                                     0.005,  0.01,    0.025,  0.05,  0.1,
                                     0.25,   0.5,     1.0,    2.5,   5.0};

  static constexpr std::size_t bucket_count = bounds.size() + 1;

  void add(std::chrono::nanoseconds took) noexcept {
    const auto seconds = std::chrono::duration<double>(took).count();
    const auto at = std::lower_bound(bounds.begin(), bounds.end(), seconds);
    buckets_[static_cast<std::size_t>(at - bounds.begin())].add();
    nanoseconds_.add(static_cast<std::uint64_t>(took.count()));
  }

  /// How many ended in a bucket, not counting those below it.
  std::uint64_t in_bucket(std::size_t i) const noexcept {
    return buckets_[i].value();
  }

  std::uint64_t nanoseconds() const noexcept { return nanoseconds_.value(); }

private:
  std::array<counter, bucket_count> buckets_;
  counter nanoseconds_;
};

} // namespace actors
