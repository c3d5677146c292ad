#include "net/load/load.hpp"

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace net {

namespace {

struct outcome {
  int code = 0;
  std::string out;
  std::string err;
};

outcome run(std::vector<std::string> words) {
  CLI::App app;
  outcome result;
  std::ostringstream out;
  std::ostringstream err;
  add_load(app, result.code, out, err);
  std::vector<std::string> reversed{words.rbegin(), words.rend()};
  reversed.push_back("load");
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError&) {
    result.code = load_usage;
  }
  result.out = out.str();
  result.err = err.str();
  return result;
}

/// A file that is gone when the test is.
struct settings_file {
  explicit settings_file(const std::string& text) {
    // Tests run beside each other.
    path = testing::TempDir() + "roost_load_settings_"
           + std::to_string(::getpid()) + ".toml";
    std::ofstream{path} << text;
  }
  ~settings_file() { std::remove(path.c_str()); }

  std::string path;
};

} // namespace

TEST(load_arguments_test, refuses_what_makes_no_sense) {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {},
           {"nothing"},
           {"echo", "--rate", "5"},
           {"echo", "--size", "10"},
           {"echo", "--seconds", "0"},
           {"echo", "--clients", "0"},
           {"echo", "--url", "http://127.0.0.1:1"},
           {"echo", "--url", "ws://127.0.0.1"},
           {"echo", "--protocol", "mqtt"},
           {"echo", "--protocol", "nats", "--format", "protobuf"},
           {"echo", "--format", "xml"},
           {"broadcast", "--rate", "1", "--deliveries", "1"},
           {"broadcast", "--precision", "0"},
           {"broadcast", "--payload", "xml"},
           {"broadcast", "--transport", "grpc"},
           {"broadcast", "--transport", "sse", "--deflate"},
           {"broadcast", "--protocol", "nats", "--transport", "sse"},
           {"broadcast", "--format", "protobuf", "--delta"},
           {"broadcast", "--protocol", "raw", "--filters", "1"},
           {"broadcast", "--filters", "1001"},
           {"broadcast", "--publish-url", "https://127.0.0.1:1"},
           {"broadcast", "--protocol", "raw", "--publish-url",
            "http://127.0.0.1:1"},
           {"echo", "--transport", "sse"},
           {"api", "--protocol", "raw"},
           {"api", "--url", "ws://127.0.0.1:1"},
           {"echo", "--token", "a", "--token-secret", "b"}})
    EXPECT_EQ(run(words).code, load_usage) << testing::PrintToString(words);
}

TEST(load_arguments_test, says_that_nobody_is_there) {
  // Port 1 of this machine: nobody listens.
  auto result = run({"echo", "--quiet", "--url", "ws://127.0.0.1:1"});
  EXPECT_EQ(result.code, load_failed);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "roost load: Connection 1 of 100 to ws://127.0.0.1:1 "
                        "failed: Connection refused.\n");
}

TEST(load_arguments_test, takes_what_is_not_given_from_a_file) {
  settings_file file{"subscribers = 3\nseconds = 0.1\nwarmup = 0.01\n"
                     "size = 200\nquiet = true\n"};
  auto result = run({"self", "--file", file.path, "--size", "100", "--json"});
  EXPECT_EQ(result.code, load_done) << result.err;
  EXPECT_NE(result.out.find(R"("subscribers":"3")"), std::string::npos);
  EXPECT_NE(result.out.find(R"("size":"100")"), std::string::npos);
}

TEST(load_arguments_test, refuses_a_file_with_unknown_keys) {
  settings_file file{"subscriber = 3\n"};
  auto result = run({"self", "--file", file.path});
  EXPECT_EQ(result.code, load_usage);
  EXPECT_NE(result.err.find("\"subscriber\""), std::string::npos);
  EXPECT_EQ(run({"self", "--file", "/nowhere"}).code, load_usage);
}

TEST(load_arguments_test, refuses_a_file_with_values_of_other_kinds) {
  settings_file file{"subscribers = \"many\"\n"};
  EXPECT_EQ(run({"self", "--file", file.path}).code, load_usage);
}

TEST(load_arguments_test, shows_the_generators_own_limit) {
  auto result = run({"self", "--subscribers", "10", "--seconds", "0.2",
                     "--warmup", "0.05", "--json", "--quiet"});
  EXPECT_EQ(result.code, load_done) << result.err;
  EXPECT_NE(result.out.find(R"("own_limit_per_second":)"), std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find(R"("skipped":0.0000,)"), std::string::npos)
      << result.out;
}

} // namespace net
