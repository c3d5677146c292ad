// The one binary: a node, and the tools of who runs it.

#include "cluster-config/loader.hpp"
#include "cluster-config/reference.hpp"
#include "cluster-config/warnings.hpp"
#include "net/ctl/ctl.hpp"
#include "net/load/load.hpp"
#include "net/log.hpp"
#include "net/node.hpp"
#include "net/refuse_arguments.hpp"
#include "net/token_command.hpp"
#include "net/version.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

namespace {

/// The configuration, or something that it names, cannot be used: trying again
/// is of no use. Whatever may pass by itself is 1.
constexpr int bad_configuration = 2;
constexpr int failed = 1;

int run_node(const std::string& file) {
  // Who reads our log may go, and a file that may not grow is an error of who
  // writes to it.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const auto config = config::load(file);
    net::set_up_log(config.log, config.node.name);
    for (const auto& x : config::warnings(config))
      spdlog::warn("{}", x);
    net::node node{config};
    return node.run();
  } catch (const config::error& e) {
    std::cerr << "roost: " << e.what() << std::endl;
    return bad_configuration;
  } catch (const std::exception& e) {
    std::cerr << "roost: " << e.what() << std::endl;
    return failed;
  }
}

int check_config(const std::string& file) {
  try {
    for (const auto& x : config::warnings(config::load(file)))
      std::cerr << file << ": warning: " << x << std::endl;
    std::cout << file << ": good" << std::endl;
    return 0;
  } catch (const config::error& e) {
    std::cerr << "roost: " << e.what() << std::endl;
    return bad_configuration;
  }
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Roost: a realtime messaging cluster", "roost"};
  app.set_version_flag("--version", std::string{net::version});
  app.require_subcommand(1);
  int exit_code = 0;

  std::string file;
  auto* node = app.add_subcommand("node", "Run a node of the cluster");
  node->add_option("--config", file, "The node's TOML file")->required();
  node->callback([&] { exit_code = run_node(file); });

  auto* check =
      app.add_subcommand("check-config", "Check a file without running it");
  check->add_option("file", file, "The node's TOML file")->required();
  check->callback([&] { exit_code = check_config(file); });

  auto* defaults = app.add_subcommand(
      "default-config", "Print a file with every key at its default");
  defaults->callback([] { std::cout << config::default_config_text(); });

  net::add_ctl(app, exit_code);
  net::add_token(app, exit_code);
  net::add_load(app, exit_code);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return net::refuse_arguments(app, e, std::cout, std::cerr);
  }
  return exit_code;
}
