#include "actors/client/connection/impl.hpp"

#include <algorithm>
#include <array>

namespace actors {

namespace {

using roost::client::Command;

template <auto Has>
bool has(const Command& command) {
  return (command.*Has)();
}

// Without an id only a message means something.
bool is_pong(const Command& command) {
  return command.id() == 0 && !command.has_send();
}

template <auto Request, auto Handler>
void run(auto& self, Command& command) {
  (self.*Handler)(command.id(), *(command.*Request)());
}

template <auto Request>
const std::string& room(const Command& command) {
  return (command.*Request)().channel();
}

} // namespace

// A command with several requests counts as the first of these.
std::span<const connection::impl::command_kind>
connection::impl::command_kinds() {
  using enum admission;
  static constexpr std::array all{
      command_kind{"pong", always, is_pong,
                   [](impl& me, Command&) {
                     me.on_pong();
                   }},
      command_kind{"connect", first, has<&Command::has_connect>,
                   run<&Command::mutable_connect, &impl::connect>},
      command_kind{"subscribe", connected, has<&Command::has_subscribe>,
                   run<&Command::mutable_subscribe, &impl::subscribe>},
      command_kind{"unsubscribe", connected, has<&Command::has_unsubscribe>,
                   run<&Command::mutable_unsubscribe, &impl::unsubscribe>},
      command_kind{"publish", connected, has<&Command::has_publish>,
                   run<&Command::mutable_publish, &impl::publish>,
                   room<&Command::publish>},
      command_kind{"presence", connected, has<&Command::has_presence>,
                   run<&Command::mutable_presence, &impl::presence>,
                   room<&Command::presence>},
      command_kind{"presence_stats", connected,
                   has<&Command::has_presence_stats>,
                   run<&Command::mutable_presence_stats, &impl::presence_stats>,
                   room<&Command::presence_stats>},
      command_kind{"history", connected, has<&Command::has_history>,
                   run<&Command::mutable_history, &impl::history>,
                   room<&Command::history>},
      command_kind{"rpc", connected, has<&Command::has_rpc>,
                   run<&Command::mutable_rpc, &impl::rpc>},
      command_kind{"send", connected, has<&Command::has_send>,
                   run<&Command::mutable_send, &impl::send>},
      command_kind{"refresh", connected, has<&Command::has_refresh>,
                   run<&Command::mutable_refresh, &impl::refresh>},
      command_kind{"sub_refresh", connected, has<&Command::has_sub_refresh>,
                   run<&Command::mutable_sub_refresh, &impl::sub_refresh>,
                   room<&Command::sub_refresh>},
  };
  static_assert(all.size() <= lane_metrics::max_command_kinds);
  return all;
}

const connection::impl::command_kind*
connection::impl::kind_of(const Command& command) {
  const auto all = command_kinds();
  const auto at = std::ranges::find_if(
      all, [&](const command_kind& kind) { return kind.matches(command); });
  return at == all.end() ? nullptr : &*at;
}

std::vector<const char*> connection::command_names() {
  std::vector<const char*> names;
  for (const auto& kind : impl::command_kinds())
    names.push_back(kind.name);
  return names;
}

} // namespace actors
