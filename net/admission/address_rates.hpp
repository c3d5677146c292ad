#pragma once

#include "net/http/rate_limiter.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>

namespace net {

/// A token bucket for each address that was seen lately. The table has a bound:
/// the address that was seen longest ago makes room, and starts anew when it
/// comes back.
class address_rates {
public:
  using time_point = rate_limiter::time_point;

  /// Addresses at most; one takes about 120 bytes.
  static constexpr std::size_t max_addresses = 16'384;

  /// `rate`: events a second of one address; 0 allows everything.
  explicit address_rates(double rate) : rate_(rate) {}

  bool allow(std::uint64_t address, time_point now);

  std::size_t size() const { return by_age_.size(); }

private:
  struct bucket {
    std::uint64_t address;
    rate_limiter limiter;
  };

  double rate_;
  std::list<bucket> by_age_; // the one seen last in front
  std::unordered_map<std::uint64_t, std::list<bucket>::iterator> by_address_;
};

} // namespace net
