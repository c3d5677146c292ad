#pragma once

#include <algorithm>
#include <chrono>

namespace net {

/// A token bucket: `rate` events a second, at most one second's worth at once.
/// A rate of 0 allows everything.
class rate_limiter {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit rate_limiter(double rate) : rate_(rate), tokens_(rate) {}

  /// Takes a token if there is one.
  bool allow(time_point now) {
    if (rate_ <= 0)
      return true;
    const std::chrono::duration<double> passed = now - last_;
    last_ = now;
    tokens_ = std::min(std::max(rate_, 1.0),
                       tokens_ + std::max(0.0, passed.count()) * rate_);
    if (tokens_ < 1)
      return false;
    tokens_ -= 1;
    return true;
  }

private:
  double rate_;
  double tokens_;
  time_point last_{};
};

} // namespace net
