#include "actors/cluster/membership/dial_plan.hpp"

#include <algorithm>

namespace actors {

void dial_plan::want(const std::set<std::string>& addresses, time_point now) {
  std::erase_if(targets_,
                [&](const auto& x) { return !addresses.contains(x.first); });
  for (const auto& x : addresses)
    if (!targets_.contains(x))
      targets_.emplace(x, target{phase::waiting, now, 0});
}

std::vector<std::string> dial_plan::take_due(time_point now) {
  std::vector<std::string> result;
  for (auto& [address, x] : targets_) {
    if (x.is == phase::connected || x.due > now)
      continue;
    if (x.is == phase::dialling) {
      wait(x, now);
      continue;
    }
    x.is = phase::dialling;
    x.due = now + bounds_.attempt_timeout;
    result.push_back(address);
  }
  return result;
}

std::optional<dial_plan::time_point> dial_plan::next_due() const {
  std::optional<time_point> result;
  for (const auto& [address, x] : targets_)
    if (x.is != phase::connected && (!result || x.due < *result))
      result = x.due;
  return result;
}

void dial_plan::wait(target& x, time_point now) {
  const auto doubled =
      bounds_.first_delay * (1U << std::min<std::uint32_t>(x.failures, 16));
  const auto delay = std::min(doubled, bounds_.last_delay);
  ++x.failures;
  // Between half of it and all of it, so that nodes do not dial in step.
  std::uniform_int_distribution<std::int64_t> part(delay.count() / 2,
                                                   delay.count());
  x.is = phase::waiting;
  x.due = now + milliseconds{part(chance_)};
}

void dial_plan::failed(const std::string& address, time_point now) {
  const auto i = targets_.find(address);
  if (i != targets_.end() && i->second.is != phase::connected)
    wait(i->second, now);
}

void dial_plan::connected(const std::string& address) {
  const auto i = targets_.find(address);
  if (i != targets_.end())
    i->second.is = phase::connected;
}

void dial_plan::lost(const std::string& address, time_point now) {
  const auto i = targets_.find(address);
  if (i != targets_.end() && i->second.is == phase::connected)
    wait(i->second, now);
}

void dial_plan::settled(const std::string& address) {
  const auto i = targets_.find(address);
  if (i != targets_.end())
    i->second.failures = 0;
}

bool dial_plan::dialling(const std::string& address) const {
  const auto i = targets_.find(address);
  return i != targets_.end() && i->second.is == phase::dialling;
}

std::vector<std::string> dial_plan::under_way() const {
  std::vector<std::string> result;
  for (const auto& [address, x] : targets_)
    if (x.is == phase::dialling)
      result.push_back(address);
  return result;
}

} // namespace actors
