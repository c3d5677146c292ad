#include "cluster-config/channel_options.hpp"

namespace config {

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
