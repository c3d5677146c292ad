#pragma once

#include <iostream>

namespace CLI {
class App;
}

namespace net {

/// What `roost load` answers to a shell. Part of the contract with scripts.
enum load_exit : int {
  load_done = 0,
  load_failed = 1, ///< It could not be measured.
  load_usage = 2,  ///< The command line makes no sense.
};

/// Adds the subcommand `load`, the load generator, with a subcommand for each
/// scenario. They run while `app` parses and leave a `load_exit` in
/// `exit_code`; for what the parser itself refuses, the caller turns
/// CLI::ParseError into `load_usage`. The arguments must outlive `app`.
void add_load(CLI::App& app, int& exit_code, std::ostream& out = std::cout,
              std::ostream& err = std::cerr);

} // namespace net
