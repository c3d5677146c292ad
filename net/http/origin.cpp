#include "net/http/origin.hpp"

#include <algorithm>
#include <cctype>

namespace net {

namespace {

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size()
         && same(text.substr(text.size() - end.size()), end);
}

bool matches(std::string_view origin, std::string_view pattern) {
  if (pattern == "*")
    return true;
  const auto star = pattern.find("*.");
  if (star == std::string_view::npos)
    return same(origin, pattern);
  // "https://*.example.com": the scheme before the star, a dot and the rest
  // after it, and something in between.
  const auto front = pattern.substr(0, star);
  const auto back = pattern.substr(star + 1);
  return origin.size() > front.size() + back.size()
         && same(origin.substr(0, front.size()), front)
         && ends_with(origin, back);
}

} // namespace

bool origin_allowed(std::string_view origin, std::string_view host,
                    const std::vector<std::string>& allowed) {
  if (origin.empty())
    return true;
  if (allowed.empty()) {
    const auto scheme = origin.find("://");
    return scheme != std::string_view::npos
           && same(origin.substr(scheme + 3), host);
  }
  return std::ranges::any_of(
      allowed, [&](const auto& pattern) { return matches(origin, pattern); });
}

} // namespace net
