#pragma once

#include <optional>

namespace net::load {

/// Looks for the highest rate that is good: doubles it until one is not, then
/// halves the distance until it is known to `precision` (0.05: to a
/// twentieth).
class saturation_search {
public:
  /// `start`: the first rate to try, above 0.
  saturation_search(double start, double precision)
      : next_(start), precision_(precision) {}

  /// The rate to try next; nothing when the search is over.
  std::optional<double> next() const;

  /// Says how the rate that `next` gave did.
  void tried(bool good);

  /// The highest good rate; 0 before there was one.
  double best() const { return good_; }

private:
  /// Below a hundredth of the start nothing is worth a try.
  static constexpr double give_up = 1.0 / 128;

  double next_;
  double precision_;
  double good_ = 0;
  double bad_ = 0; // 0: none yet
  double start_ = next_;
};

} // namespace net::load
