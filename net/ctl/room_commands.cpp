#include "net/ctl/commands.hpp"
#include "net/ctl/display.hpp"
#include "net/ctl/run_command.hpp"
#include "net/ctl/table.hpp"
#include "proto/admin.pb.h"
#include "proto/json_codec.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <memory>
#include <ostream>
#include <string>

namespace net {

namespace admin = roost::admin;

namespace {

/// How much of a publication or of a member's info a line shows.
constexpr std::size_t shown_bytes = 60;

/// Payloads are mostly JSON, but clients of the Protobuf format may publish
/// anything.
std::string shown(const std::string& bytes) {
  return shortened(visible(bytes), shown_bytes);
}

void print_facts(std::ostream& out, const admin::RoomResult& room) {
  auto fact = [&](const char* name, const std::string& value) {
    out << name << (value.empty() ? "-" : visible(value)) << '\n';
  };
  fact("room     ", room.name());
  fact("home     ", room.home());
  fact("standbys ", joined(room.standbys(), ","));
  if (!room.learners().empty())
    fact("learners ", joined(room.learners(), ","));
  fact("shard    ", std::to_string(room.shard()));
  fact("epoch    ", room.epoch());
  fact("offset   ", std::to_string(room.offset()));
  fact("history  ", std::to_string(room.history_length()) + " publications, "
                        + byte_count(room.history_bytes()));
}

void print_subscribers(std::ostream& out, const admin::RoomResult& room) {
  std::map<std::string, std::uint32_t> by_node(
      room.subscribers_by_node().begin(), room.subscribers_by_node().end());
  table rows{{{"NODE"}, {"SUBSCRIBERS", true}}};
  for (auto& [node, count] : by_node)
    rows.add({node, std::to_string(count)});
  rows.print(out, "Nobody is subscribed.");
}

void print_members(std::ostream& out, const admin::RoomResult& room) {
  if (room.members().empty())
    return;
  table rows{{{"MEMBER"}, {"USER"}, {"INFO"}, {"ROOM INFO"}}};
  for (auto& member : room.members())
    rows.add({member.client(), member.user(), shown(member.conn_info()),
              shown(member.chan_info())});
  out << '\n';
  rows.print(out, "");
}

void print_history(std::ostream& out, const admin::RoomResult& room) {
  if (room.history().empty())
    return;
  table rows{{{"OFFSET", true}, {"TIME (UTC)"}, {"USER"}, {"DATA"}}};
  for (auto& publication : room.history())
    rows.add({std::to_string(publication.offset()), time_of(publication.time()),
              publication.info().user(), shown(publication.data())});
  out << '\n';
  rows.print(out, "");
}

/// Rooms whose names match the glob `pattern`; all if it is empty.
ctl_exit list_rooms(const ctl_context& context, const std::string& pattern) {
  admin::RoomsRequest request;
  request.set_pattern(pattern);
  auto print = [&](const admin::RoomsResult& result) {
    table rows{{{"ROOM"}, {"HOME"}, {"SHARD", true}, {"SUBSCRIBERS", true}}};
    for (auto& room : result.rooms())
      rows.add({room.name(), room.home(), std::to_string(room.shard()),
                std::to_string(room.subscribers())});
    rows.print(context.out, "There are no such rooms.");
  };
  auto result =
      run_command<admin::RoomsResult>(context, "rooms", request, print);
  if (result.truncated())
    context.err << "There are more; narrow the pattern to see them.\n";
  return ctl_done;
}

ctl_exit show_room(const ctl_context& context, const std::string& name) {
  admin::RoomRequest request;
  request.set_name(name);
  auto print = [&](const admin::RoomResult& room) {
    print_facts(context.out, room);
    context.out << '\n';
    print_subscribers(context.out, room);
    print_members(context.out, room);
    print_history(context.out, room);
  };
  run_command<admin::RoomResult>(context, "room", request, print);
  return ctl_done;
}

/// `data` is JSON.
ctl_exit publish(const ctl_context& context, const std::string& room,
                 const std::string& data) {
  if (!proto::is_json(data))
    throw ctl_error(ctl_usage, "The data is not JSON; a text is written with "
                               "quotes, as in '\"hello\"'.");
  admin::PublishRequest request;
  request.set_channel(room);
  request.set_data(data);
  auto print = [&](const admin::PublishResult& result) {
    if (result.epoch().empty())
      context.out << "published\n";
    else
      context.out << "published at offset " << result.offset() << ", epoch "
                  << visible(result.epoch()) << '\n';
  };
  run_command<admin::PublishResult>(context, "publish", request, print);
  return ctl_done;
}

} // namespace

ctl_run rooms_command(CLI::App& command) {
  auto pattern = std::make_shared<std::string>();
  command.add_option("PATTERN", *pattern, "Glob such as 'chat:*'");
  return [pattern](const ctl_context& context) {
    return list_rooms(context, *pattern);
  };
}

ctl_run room_command(CLI::App& command) {
  auto name = std::make_shared<std::string>();
  command.add_option("NAME", *name, "Name of the room")->required();
  return [name](const ctl_context& context) {
    return show_room(context, *name);
  };
}

ctl_run publish_command(CLI::App& command) {
  auto room = std::make_shared<std::string>();
  auto data = std::make_shared<std::string>();
  command.add_option("ROOM", *room, "Name of the room")->required();
  command.add_option("DATA", *data, "JSON")->required();
  return [room, data](const ctl_context& context) {
    return publish(context, *room, *data);
  };
}

} // namespace net
