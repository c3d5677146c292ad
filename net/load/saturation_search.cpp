#include "net/load/saturation_search.hpp"

namespace net::load {

std::optional<double> saturation_search::next() const {
  if (bad_ > 0 && good_ > 0 && bad_ <= good_ * (1 + precision_))
    return std::nullopt;
  if (next_ < start_ * give_up)
    return std::nullopt;
  return next_;
}

void saturation_search::tried(bool good) {
  (good ? good_ : bad_) = next_;
  if (bad_ == 0)
    next_ = good_ * 2;
  else if (good_ == 0)
    next_ = bad_ / 2;
  else
    next_ = (good_ + bad_) / 2;
}

} // namespace net::load
