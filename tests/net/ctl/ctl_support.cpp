#include "tests/net/ctl/ctl_support.hpp"

#include "net/token_command.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>

namespace net {

command_result run_roost(std::vector<std::string> arguments) {
  command_result result;
  std::ostringstream out;
  std::ostringstream err;
  CLI::App app{"roost"};
  app.require_subcommand(1);
  add_ctl(app, result.code, out, err);
  add_token(app, result.code, out, err);
  try {
    std::reverse(arguments.begin(), arguments.end());
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    err << error.what() << '\n';
    result.code = ctl_usage;
  }
  result.out = out.str();
  result.err = err.str();
  return result;
}

} // namespace net
