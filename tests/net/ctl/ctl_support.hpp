#pragma once

#include "net/ctl/ctl.hpp"
#include "tests/net/ctl/canned_server.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace net {

/// What a shell sees of a command.
struct command_result {
  int code = 0;
  std::string out;
  std::string err;
};

/// Runs `roost ARGUMENTS` as main does.
command_result run_roost(std::vector<std::string> arguments);

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
