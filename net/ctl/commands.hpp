#pragma once

#include "net/ctl/admin_client.hpp"

#include <functional>
#include <iosfwd>

namespace CLI {
class App;
}

namespace net {

/// What a command of `roost ctl` needs. Results go to `out`, as a table or, if
/// `json`, as the result object on one line; notes about them go to `err`.
struct ctl_context {
  const admin_client& coordinator;
  bool json = false;
  std::ostream& out;
  std::ostream& err;
};

/// Runs a command whose arguments were parsed. Answers the exit code, or throws
/// `ctl_error`, or std::invalid_argument for arguments that make no sense.
using ctl_run = std::function<ctl_exit(const ctl_context&)>;

// Each adds the arguments of its command, and answers what runs it.

// cluster_commands.cpp
ctl_run nodes_command(CLI::App& command);
ctl_run view_command(CLI::App& command);

// room_commands.cpp
ctl_run rooms_command(CLI::App& command);
ctl_run room_command(CLI::App& command);
ctl_run publish_command(CLI::App& command);

// connection_commands.cpp
ctl_run connections_command(CLI::App& command);
ctl_run disconnect_command(CLI::App& command);

// drain_command.cpp
ctl_run drain_command(CLI::App& command);

/// A row in the table of commands.
struct ctl_command {
  const char* name;
  const char* what;
  ctl_run (*prepare)(CLI::App& command);
};

/// In the order in which the help lists them.
inline constexpr ctl_command ctl_commands[] = {
    {"nodes", "List the nodes of the cluster", nodes_command},
    {"rooms", "List rooms", rooms_command},
    {"room",
     "Show a room: home, copies, position, subscribers, members, history",
     room_command},
    {"connections", "List client connections", connections_command},
    {"view", "Show which nodes have how many shards, and copies of them",
     view_command},
    {"publish", "Publish to a room", publish_command},
    {"disconnect", "Disconnect a user's clients", disconnect_command},
    {"drain", "Move all shards away from a node, and keep them away",
     drain_command},
};

} // namespace net
