#include "tests/simulation/trace.hpp"

#include <cstdio>

namespace simulation {

void trace::note(std::string_view what, std::string_view who,
                 std::string_view whom, std::uint64_t x, std::uint64_t y) {
  ++events_;
  mix(static_cast<std::uint64_t>(now_.count()));
  mix(what);
  mix(who);
  mix(whom);
  mix(x);
  mix(y);
  if (last_.size() == kept)
    last_.pop_front();
  last_.push_back(
      {now_.count(), what, std::string{who}, std::string{whom}, x, y});
  if (print_)
    std::puts(text(last_.back()).c_str());
}

std::string trace::tail() const {
  std::string result;
  for (const auto& x : last_)
    result += text(x) + "\n";
  return result;
}

std::string trace::text(const event& x) {
  auto result = "  " + std::to_string(x.at) + " ms  " + std::string{x.what};
  for (const auto& part : {x.who, x.whom})
    if (!part.empty())
      result += " " + part;
  for (const auto number : {x.x, x.y})
    if (number != 0)
      result += " " + std::to_string(number);
  return result;
}

void trace::mix(std::uint64_t x) {
  hash_ = (hash_ ^ x) * 0x100000001b3;
  hash_ ^= hash_ >> 29;
}

void trace::mix(std::string_view x) {
  for (const char c : x)
    hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
}

} // namespace simulation
