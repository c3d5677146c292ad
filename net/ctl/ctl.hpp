#pragma once

#include <iostream>

namespace CLI {
class App;
}

namespace net {

/// What the process answers to a shell. Part of the contract with scripts.
enum ctl_exit : int {
  ctl_done = 0,
  ctl_refused = 1,     ///< The coordinator did not do it, or not all of it.
  ctl_usage = 2,       ///< The command line makes no sense.
  ctl_unreachable = 3, ///< Nothing that is a coordinator answered.
};

/// Adds the subcommand `ctl`, the admin's tool, with its own subcommands. They
/// run while `app` parses and leave a `ctl_exit` in `exit_code`; for what the
/// parser itself refuses, the caller turns CLI::ParseError into `ctl_usage`.
/// The arguments must outlive `app`.
void add_ctl(CLI::App& app, int& exit_code, std::ostream& out = std::cout,
             std::ostream& err = std::cerr);

} // namespace net
