#include "net/ctl/commands.hpp"
#include "net/ctl/display.hpp"
#include "net/ctl/run_command.hpp"
#include "net/ctl/table.hpp"
#include "proto/admin.pb.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <ostream>
#include <string>

namespace net {

namespace admin = roost::admin;

namespace {

struct disconnect_options {
  std::string user;
  /// The one connection to end; empty: all of the user's.
  std::string client;
  /// 0: the coordinator's default.
  std::uint32_t code = 0;
  std::string reason;
};

/// Connections of `user`; all if it is empty.
ctl_exit list_connections(const ctl_context& context, const std::string& user) {
  admin::ConnectionsRequest request;
  request.set_user(user);
  auto print = [&](const admin::ConnectionsResult& result) {
    table rows{{{"CLIENT"},
                {"USER"},
                {"NODE"},
                {"TRANSPORT"},
                {"PROTOCOL"},
                {"ADDRESS"},
                {"SINCE (UTC)"},
                {"SDK"},
                {"ROOMS"}}};
    for (auto& found : result.connections())
      rows.add({found.client(), found.user(), found.node(), found.transport(),
                found.protocol(), found.remote_address(),
                time_of(found.connected_ms()),
                found.name() + (found.version().empty() ? "" : " ")
                    + found.version(),
                shortened(joined(found.channels(), ","), 60)});
    rows.print(context.out, "There are no connections.");
  };
  auto result = run_command<admin::ConnectionsResult>(context, "connections",
                                                      request, print);
  if (result.truncated())
    context.err << "There are more; name a user to see all of theirs.\n";
  return ctl_done;
}

ctl_exit disconnect(const ctl_context& context,
                    const disconnect_options& options) {
  admin::DisconnectRequest request;
  request.set_user(options.user);
  request.set_client(options.client);
  request.set_code(options.code);
  request.set_reason(options.reason);
  auto print = [&](const admin::DisconnectResult& result) {
    std::map<std::string, std::uint32_t> by_node(
        result.connections_by_node().begin(),
        result.connections_by_node().end());
    table rows{{{"NODE"}, {"DISCONNECTED", true}}};
    for (auto& [node, count] : by_node)
      if (count > 0)
        rows.add({node, std::to_string(count)});
    rows.print(context.out, "No connection matches.");
  };
  auto result = run_command<admin::DisconnectResult>(context, "disconnect",
                                                     request, print);
  if (result.unreachable_nodes().empty())
    return ctl_done;
  context.err << "Connections may be left on nodes that did not answer: "
              << visible(joined(result.unreachable_nodes(), ", ")) << ".\n";
  return ctl_refused;
}

} // namespace

ctl_run connections_command(CLI::App& command) {
  auto user = std::make_shared<std::string>();
  command.add_option("--user", *user, "Only those of this user");
  return [user](const ctl_context& context) {
    return list_connections(context, *user);
  };
}

ctl_run disconnect_command(CLI::App& command) {
  auto target = std::make_shared<disconnect_options>();
  command.add_option("USER", target->user, "Id of the user")->required();
  command.add_option("--client", target->client,
                     "Only the connection with this id");
  command
      .add_option("--code", target->code,
                  "Close code; clients reconnect after 3000-3499 and 4000-4499 "
                  "and stop after the others (default 3503)")
      ->check(CLI::Range(3000u, 4999u));
  command
      .add_option("--reason", target->reason,
                  "Text for the client, at most 123 bytes")
      ->check([](const std::string& text) {
        return text.size() > 123 ? "must have at most 123 bytes" : "";
      });
  return [target](const ctl_context& context) {
    return disconnect(context, *target);
  };
}

} // namespace net
