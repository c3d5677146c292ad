#include "actors/client/connection/impl.hpp"

#include <algorithm>
#include <array>

namespace actors {

namespace {

using client_command = roost::client::Command;

template <auto Has>
bool has(const client_command& command) {
  return (command.*Has)();
}

// Without an id only a message means something.
bool is_pong(const client_command& command) {
  return command.id() == 0 && !command.has_send();
}

template <auto Request, auto Handler>
void run(auto& self, client_command& command) {
  (self.*Handler)(command.id(), *(command.*Request)());
}

bool always_reads(const client_command&) {
  return true;
}

bool recovers(const client_command& command) {
  return command.subscribe().recover();
}

template <auto Request>
const std::string& room(const client_command& command) {
  return (command.*Request)().channel();
}

template <auto Request>
const std::string& token(const client_command& command) {
  return (command.*Request)().token();
}

} // namespace

// A command with several requests counts as the first of these.
std::span<const connection::impl::command_kind>
connection::impl::command_kinds() {
  using enum admission;
  static constexpr std::array all{
      command_kind{"pong", always, is_pong,
                   [](impl& me, client_command&) {
                     me.on_pong();
                   }},
      command_kind{"connect", first, has<&client_command::has_connect>,
                   run<&client_command::mutable_connect, &impl::connect>,
                   nullptr, nullptr, token<&client_command::connect>},
      command_kind{"subscribe", connected, has<&client_command::has_subscribe>,
                   run<&client_command::mutable_subscribe, &impl::subscribe>,
                   nullptr, recovers, token<&client_command::subscribe>},
      command_kind{
          "unsubscribe", connected, has<&client_command::has_unsubscribe>,
          run<&client_command::mutable_unsubscribe, &impl::unsubscribe>},
      command_kind{"publish", connected, has<&client_command::has_publish>,
                   run<&client_command::mutable_publish, &impl::publish>,
                   room<&client_command::publish>},
      command_kind{"presence", connected, has<&client_command::has_presence>,
                   run<&client_command::mutable_presence, &impl::presence>,
                   room<&client_command::presence>, always_reads},
      command_kind{
          "presence_stats", connected, has<&client_command::has_presence_stats>,
          run<&client_command::mutable_presence_stats, &impl::presence_stats>,
          room<&client_command::presence_stats>},
      command_kind{"history", connected, has<&client_command::has_history>,
                   run<&client_command::mutable_history, &impl::history>,
                   room<&client_command::history>, always_reads},
      command_kind{"rpc", connected, has<&client_command::has_rpc>,
                   run<&client_command::mutable_rpc, &impl::rpc>},
      command_kind{"send", connected, has<&client_command::has_send>,
                   run<&client_command::mutable_send, &impl::send>},
      command_kind{"refresh", connected, has<&client_command::has_refresh>,
                   run<&client_command::mutable_refresh, &impl::refresh>,
                   nullptr, nullptr, token<&client_command::refresh>},
      command_kind{
          "sub_refresh", connected, has<&client_command::has_sub_refresh>,
          run<&client_command::mutable_sub_refresh, &impl::sub_refresh>,
          room<&client_command::sub_refresh>, nullptr,
          token<&client_command::sub_refresh>},
  };
  static_assert(all.size() <= lane_metrics::max_command_kinds);
  return all;
}

const connection::impl::command_kind*
connection::impl::kind_of(const client_command& command) {
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
