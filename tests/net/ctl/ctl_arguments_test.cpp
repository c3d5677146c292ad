#include "tests/net/ctl/ctl_support.hpp"

#include <cstdlib>
#include <fstream>
#include <unistd.h>

using namespace net;

namespace {

/// Clears the variables of the tool, whatever this machine has set.
class ctl_arguments_test : public coordinator_fixture {
protected:
  ctl_arguments_test() { clear(); }
  ~ctl_arguments_test() override { clear(); }

  static void clear() {
    unsetenv("ROOST_CTL_ADDRESS");
    unsetenv("ROOST_CTL_KEY");
  }

  /// A file of this test with the given content.
  static std::string file_with(const std::string& content) {
    auto path =
        testing::TempDir() + "roost_ctl_key_" + std::to_string(::getpid());
    std::ofstream{path} << content;
    return path;
  }
};

/// The code of a command that must not get as far as a coordinator.
int usage_code(std::vector<std::string> arguments) {
  auto result = run_roost(std::move(arguments));
  EXPECT_NE(result.err, "");
  EXPECT_EQ(result.out, "");
  return result.code;
}

} // namespace

TEST_F(ctl_arguments_test, refuses_what_is_no_command) {
  EXPECT_EQ(usage_code({"ctl"}), ctl_usage);
  EXPECT_EQ(usage_code({"ctl", "explode"}), ctl_usage);
  EXPECT_EQ(usage_code({"ctl", "nodes", "extra"}), ctl_usage);
  EXPECT_EQ(usage_code({"ctl", "nodes", "--color"}), ctl_usage);
}

TEST_F(ctl_arguments_test, takes_names_that_are_commands_too) {
  EXPECT_EQ(ctl({"room", "nodes"}).code, ctl_done);
  EXPECT_EQ(server.seen().body, R"({"name":"nodes"})");
  EXPECT_EQ(ctl({"disconnect", "token"}).code, ctl_done);
  EXPECT_EQ(server.seen().body, R"({"user":"token"})");
  EXPECT_EQ(ctl({"rooms", "ctl"}).code, ctl_done);
  EXPECT_EQ(server.seen().body, R"({"pattern":"ctl"})");
}

TEST_F(ctl_arguments_test, refuses_missing_arguments) {
  EXPECT_EQ(usage_code({"ctl", "room"}), ctl_usage);
  EXPECT_EQ(usage_code({"ctl", "publish", "news"}), ctl_usage);
  EXPECT_EQ(usage_code({"ctl", "disconnect"}), ctl_usage);
}

TEST_F(ctl_arguments_test, refuses_values_out_of_range) {
  EXPECT_EQ(usage_code({"ctl", "disconnect", "alice", "--code", "1000"}),
            ctl_usage);
  EXPECT_EQ(usage_code({"ctl", "disconnect", "alice", "--code", "5000"}),
            ctl_usage);
  EXPECT_EQ(usage_code({"ctl", "disconnect", "alice", "--reason",
                        std::string(124, 'x')}),
            ctl_usage);
  EXPECT_EQ(usage_code({"ctl", "nodes", "--timeout", "soon"}), ctl_usage);
  EXPECT_EQ(usage_code({"ctl", "nodes", "--timeout", "0s"}), ctl_usage);
  EXPECT_EQ(usage_code({"ctl", "nodes", "--address", "nowhere"}), ctl_usage);
}

TEST_F(ctl_arguments_test, refuses_a_key_that_would_end_its_header_line) {
  EXPECT_EQ(usage_code({"ctl", "nodes", "--key", "a\r\nX-Other: b"}),
            ctl_usage);
}

TEST_F(ctl_arguments_test, takes_address_and_key_from_variables) {
  setenv("ROOST_CTL_ADDRESS", server.address().c_str(), 1);
  setenv("ROOST_CTL_KEY", "from-variable", 1);

  EXPECT_EQ(run_roost({"ctl", "nodes"}).code, ctl_done);
  EXPECT_EQ(server.seen().key, "from-variable");
}

TEST_F(ctl_arguments_test, prefers_the_command_line_to_variables) {
  setenv("ROOST_CTL_ADDRESS", "127.0.0.1:1", 1);
  setenv("ROOST_CTL_KEY", "from-variable", 1);

  EXPECT_EQ(ctl({"nodes"}).code, ctl_done);
  EXPECT_EQ(server.seen().key, "admin-key");
}

TEST_F(ctl_arguments_test, takes_the_key_from_a_file) {
  setenv("ROOST_CTL_KEY", "from-variable", 1);
  auto path = file_with("from-file\n");

  auto result = run_roost(
      {"ctl", "nodes", "--address", server.address(), "--key-file", path});

  EXPECT_EQ(result.code, ctl_done) << result.err;
  EXPECT_EQ(server.seen().key, "from-file");
}

TEST_F(ctl_arguments_test, refuses_a_key_file_that_is_not_there) {
  auto result = run_roost({"ctl", "nodes", "--key-file", "/no/such/file"});

  EXPECT_EQ(result.code, ctl_usage);
  EXPECT_EQ(result.err,
            "roost ctl: The key file \"/no/such/file\" can't be read.\n");
}

TEST_F(ctl_arguments_test, refuses_two_keys) {
  EXPECT_EQ(usage_code({"ctl", "nodes", "--key", "a", "--key-file", "b"}),
            ctl_usage);
}
