#include "actors/client/glob.hpp"

#include <cstddef>
#include <optional>

namespace actors {

namespace {

constexpr auto npos = std::string_view::npos;

struct set_match {
  bool matches;
  std::size_t end; ///< Position after the ']'.
};

/// Matches the set that starts at `at` (a '['); nothing if it never ends.
/// `pattern` ends with a ']', so that sets that never end cost nothing.
std::optional<set_match> match_set(std::string_view pattern, std::size_t at,
                                   char c) {
  auto i = at + 1;
  const bool negated =
      i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated)
    ++i;
  bool found = false;
  for (auto first = i; i < pattern.size(); ++i) {
    if (pattern[i] == ']' && i != first)
      return set_match{found != negated, i + 1};
    if (i + 2 < pattern.size() && pattern[i + 1] == '-'
        && pattern[i + 2] != ']') {
      found |= pattern[i] <= c && c <= pattern[i + 2];
      i += 2;
    } else {
      found |= pattern[i] == c;
    }
  }
  return std::nullopt;
}

/// Position after the element at `at` when that takes `c`, else npos. `sets` is
/// `pattern` up to its last ']'.
std::size_t match_one(std::string_view pattern, std::string_view sets,
                      std::size_t at, char c) {
  switch (pattern[at]) {
  case '?':
    return at + 1;
  case '[':
    if (auto set = match_set(sets, at, c))
      return set->matches ? set->end : npos;
    break; // no end: a plain character
  case '\\':
    if (at + 1 < pattern.size())
      return pattern[at + 1] == c ? at + 2 : npos;
    break;
  default:
    break;
  }
  return pattern[at] == c ? at + 1 : npos;
}

} // namespace

bool glob_matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty())
    return true;
  const auto sets = pattern.substr(0, pattern.rfind(']') + 1);
  std::size_t p = 0;
  std::size_t t = 0;
  auto star = npos; // the last '*', and where its text ended so far
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
      continue;
    }
    if (p < pattern.size()) {
      if (auto next = match_one(pattern, sets, p, text[t]); next != npos) {
        p = next;
        ++t;
        continue;
      }
    }
    if (star == npos)
      return false;
    p = star + 1;
    t = ++star_text;
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

std::string glob_exactly(std::string_view text) {
  constexpr std::string_view special = "*?[\\";
  std::string result;
  for (const char c : text) {
    if (special.find(c) != npos)
      result.push_back('\\');
    result.push_back(c);
  }
  return result;
}

} // namespace actors
