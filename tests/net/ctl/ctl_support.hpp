#pragma once

#include "net/ctl/ctl.hpp"
#include "net/token_command.hpp"
#include "tests/net/ctl/canned_server.hpp"

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace net {

/// What a shell sees of a command.
struct command_result {
  int code = 0;
  std::string out;
  std::string err;
};

/// Runs `roost ARGUMENTS` as main does.
inline command_result run_roost(std::vector<std::string> arguments) {
  command_result result;
  std::ostringstream out;
  std::ostringstream err;
  CLI::App app{"roost"};
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

/// A coordinator that has one answer, and the tool that asks it.
class coordinator_fixture : public testing::Test {
protected:
  /// Runs `roost ctl ARGUMENTS` against the server.
  command_result ctl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"ctl", "--address", server.address(),
                                         "--key", "admin-key"});
    return run_roost(std::move(arguments));
  }

  canned_server server;
};

} // namespace net
