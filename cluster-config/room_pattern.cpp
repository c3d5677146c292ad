#include "cluster-config/room_pattern.hpp"

#include <regex>
#include <stdexcept>
#include <utility>

namespace config {

struct room_pattern::compiled {
  std::regex regex;
};

room_pattern::room_pattern(std::string text) : text_{std::move(text)} {
  if (text_.empty())
    return;
  // The default matcher backtracks: exponential time, and a stack frame for
  // each character. This one walks all states at once.
  auto flags = std::regex::ECMAScript | std::regex_constants::__polynomial;
  try {
    compiled_ =
        std::make_shared<const compiled>(compiled{std::regex{text_, flags}});
  } catch (const std::regex_error& problem) {
    throw std::invalid_argument{problem.what()};
  }
}

bool room_pattern::matches(std::string_view name) const {
  return !compiled_
         || std::regex_search(name.begin(), name.end(), compiled_->regex);
}

} // namespace config
