#pragma once

#include <iostream>

namespace CLI {
class App;
}

namespace net {

/// Adds the subcommand `token`, which makes tokens for development and prints
/// one on a line of its own. It runs while `app` parses and leaves 0 in
/// `exit_code`, or 2 after a sentence on `err`. The arguments must outlive
/// `app`.
void add_token(CLI::App& app, int& exit_code, std::ostream& out = std::cout,
               std::ostream& err = std::cerr);

} // namespace net
