#include "net/load/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace net::load {

namespace {

/// 98.9 % of 1000 are 989, not one more for the last bit of a double.
constexpr double rounding = 1e-6;

} // namespace

histogram::histogram()
    : counts_(std::make_unique<std::array<std::uint64_t, buckets>>()) {}

void histogram::add(const histogram& other) {
  for (std::size_t i = 0; i < buckets; ++i)
    (*counts_)[i] += (*other.counts_)[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

void histogram::clear() {
  counts_->fill(0);
  count_ = 0;
  max_ = 0;
}

std::uint64_t histogram::end_of(std::size_t index) {
  if (index < sub_buckets)
    return index;
  auto shift = index / sub_buckets - 1;
  auto start = (index % sub_buckets + sub_buckets) << shift;
  return start + (std::uint64_t{1} << shift) - 1;
}

std::uint64_t histogram::percentile(double percent) const {
  if (count_ == 0)
    return 0;
  auto share = std::clamp(percent, 0.0, 100.0) / 100;
  auto wanted = static_cast<std::uint64_t>(
      std::ceil(share * static_cast<double>(count_) - rounding));
  wanted = std::clamp<std::uint64_t>(wanted, 1, count_);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    seen += (*counts_)[i];
    if (seen >= wanted)
      return std::min(end_of(i), max_);
  }
  return max_;
}

double histogram::mean() const {
  if (count_ == 0)
    return 0;
  double sum = 0;
  for (std::size_t i = 0; i < buckets; ++i)
    if (auto n = (*counts_)[i])
      sum += static_cast<double>(n) * static_cast<double>(end_of(i));
  return sum / static_cast<double>(count_);
}

} // namespace net::load
