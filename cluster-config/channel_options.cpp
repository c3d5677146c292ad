#include "cluster-config/channel_options.hpp"

#include <regex>
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
  compiled_ =
      std::make_shared<const compiled>(compiled{std::regex{text_, flags}});
}

bool room_pattern::matches(std::string_view name) const {
  return !compiled_
         || std::regex_search(name.begin(), name.end(), compiled_->regex);
}

room_name split_room_name(std::string_view room) {
  room_name result;
  if (room.starts_with('$')) {
    result.is_private = true;
    room.remove_prefix(1);
  }
  auto colon = room.find(':');
  if (colon == std::string_view::npos) {
    result.rest = room;
  } else {
    result.name_space = room.substr(0, colon);
    result.rest = room.substr(colon + 1);
  }
  return result;
}

const channel_options* channel_section::find(std::string_view room) const {
  auto name = split_room_name(room).name_space;
  if (name.empty())
    return &without_namespace;
  auto found = namespaces.find(name);
  return found == namespaces.end() ? nullptr : &found->second;
}

} // namespace config
