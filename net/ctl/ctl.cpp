#include "net/ctl/ctl.hpp"

#include "cluster-config/quantity.hpp"
#include "cluster-config/text_file.hpp"
#include "net/ctl/commands.hpp"
#include "net/ctl/display.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace net {

namespace {

/// What all commands of `roost ctl` take.
struct ctl_arguments {
  std::string address = "127.0.0.1:9000";
  std::string key;
  std::string key_file;
  std::string ca_file;
  std::string timeout = "10s";
  bool json = false;
};

using shared_arguments = std::shared_ptr<ctl_arguments>;

/// The key is not an option with a variable: a variable that is always set
/// must not stand in the way of --key-file.
std::string key_of(const ctl_arguments& arguments) {
  if (!arguments.key.empty())
    return arguments.key;
  if (!arguments.key_file.empty()) {
    auto text = config::read_text_file(arguments.key_file);
    if (!text)
      throw std::invalid_argument("The key file \"" + arguments.key_file
                                  + "\" can't be read.");
    text->erase(text->find_last_not_of(" \t\r\n") + 1);
    return *text;
  }
  auto variable = std::getenv("ROOST_CTL_KEY");
  return variable ? variable : "";
}

admin_client::options client_options(const ctl_arguments& arguments) {
  auto timeout = config::parse_duration(arguments.timeout);
  if (!timeout || timeout->count() == 0)
    throw std::invalid_argument("The timeout \"" + arguments.timeout
                                + "\" is not a time such as 500ms or 10s.");
  auto key = key_of(arguments);
  // It goes into a header line.
  if (visible(key) != key)
    throw std::invalid_argument("The admin key holds control characters.");
  return {parse_endpoint(arguments.address), std::move(key), arguments.ca_file,
          *timeout};
}

/// Where a command's code and words go.
struct ctl_output {
  int& exit_code;
  std::ostream& out;
  std::ostream& err;
};

ctl_exit run(const ctl_run& run_it, const ctl_arguments& arguments,
             const ctl_output& to) {
  try {
    admin_client coordinator{client_options(arguments)};
    return run_it({coordinator, arguments.json, to.out, to.err});
  } catch (const ctl_error& error) {
    to.err << "roost ctl: " << error.what() << '\n';
    return error.code;
  } catch (const std::invalid_argument& error) {
    to.err << "roost ctl: " << error.what() << '\n';
    return ctl_usage;
  }
}

void add_global_options(CLI::App& ctl, ctl_arguments& arguments) {
  ctl.add_option("--address", arguments.address,
                 "Internal address of a coordinator: HOST:PORT, unix:PATH, or "
                 "https://HOST:PORT where it has a certificate")
      ->envname("ROOST_CTL_ADDRESS")
      ->capture_default_str();
  auto key = ctl.add_option("--key", arguments.key,
                            "Admin key; else the content of --key-file, else "
                            "the variable ROOST_CTL_KEY");
  ctl.add_option("--key-file", arguments.key_file, "File with the admin key")
      ->excludes(key);
  ctl.add_option("--ca", arguments.ca_file,
                 "PEM file of who may sign the coordinator's certificate");
  ctl.add_option("--timeout", arguments.timeout,
                 "How long to wait for the answer")
      ->capture_default_str();
  ctl.add_flag("--json", arguments.json, "Print the result as JSON");
}

void add_command(CLI::App& ctl, const ctl_command& row,
                 const shared_arguments& arguments, const ctl_output& to) {
  auto& added = *ctl.add_subcommand(row.name, row.what);
  // `roost ctl nodes --json` is what fingers type.
  added.fallthrough();
  added.callback([run_it = row.prepare(added), arguments, to] {
    to.exit_code = run(run_it, *arguments, to);
  });
}

} // namespace

void add_ctl(CLI::App& app, int& exit_code, std::ostream& out,
             std::ostream& err) {
  auto& ctl = *app.add_subcommand("ctl", "Look at a cluster and command it");
  auto arguments = std::make_shared<ctl_arguments>();
  ctl.require_subcommand(1);
  add_global_options(ctl, *arguments);
  for (const auto& row : ctl_commands)
    add_command(ctl, row, arguments, {exit_code, out, err});
}

} // namespace net
