#include "net/admission/address_rates.hpp"

namespace net {

bool address_rates::allow(std::uint64_t address, time_point now) {
  if (rate_ <= 0)
    return true;
  const auto known = by_address_.find(address);
  if (known != by_address_.end()) {
    by_age_.splice(by_age_.begin(), by_age_, known->second);
  } else {
    if (by_age_.size() == max_addresses) {
      by_address_.erase(by_age_.back().address);
      by_age_.pop_back();
    }
    by_age_.push_front({address, rate_limiter{rate_}});
    by_address_.emplace(address, by_age_.begin());
  }
  return by_age_.front().limiter.allow(now);
}

} // namespace net
