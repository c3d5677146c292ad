#include "net/load/load.hpp"

#include "net/load/errors.hpp"
#include "net/load/options.hpp"
#include "net/load/scenario/scenario.hpp"
#include "net/load/settings.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <memory>
#include <string>

namespace net {

namespace {

using runner = load::report (*)(const load::settings&);

struct scenario {
  const char* name;
  const char* what;
  runner run;
  void (*add_options)(CLI::App&, load::settings&);
};

constexpr scenario scenarios[] = {
    {"broadcast",
     "Subscribers of one room, at a rate or in search of the highest",
     load::run_broadcast, load::add_broadcast_options},
    {"rooms", "Many rooms whose members all publish", load::run_rooms,
     load::add_rooms_options},
    {"idle", "Connections that stay: what each costs the server",
     load::run_idle, load::add_idle_options},
    {"connect", "Connections that come and go: how many a second",
     load::run_connect, load::add_connect_options},
    {"echo", "Clients with one request each under way: round trips a second",
     load::run_echo, load::add_echo_options},
    {"api", "Publications over the HTTP API", load::run_api,
     load::add_api_options},
    {"self", "The generator's own limit, without a server", load::run_self,
     load::add_self_options},
};

/// Where a run's code and words go.
struct load_output {
  int& exit_code;
  std::ostream& out;
  std::ostream& err;
};

load_exit run(const scenario& what, CLI::App& app, load::settings& given,
              const std::string& file, const load_output& to) {
  try {
    if (!file.empty())
      load::read_settings_file(file, app);
    load::check(given);
    given.scenario = what.name;
    auto found = what.run(given);
    load::describe(given, app, found);
    if (given.json)
      found.print_json(to.out);
    else
      found.print_table(to.out);
    return load_done;
  } catch (const load::usage_error& error) {
    to.err << "roost load: " << error.what() << '\n';
    return load_usage;
  } catch (const std::exception& error) {
    to.err << "roost load: " << error.what() << '\n';
    return load_failed;
  }
}

} // namespace

void add_load(CLI::App& app, int& exit_code, std::ostream& out,
              std::ostream& err) {
  auto& command = *app.add_subcommand(
      "load", "Put load on a server and measure what it does");
  command.require_subcommand(1);
  for (const auto& what : scenarios) {
    auto given = std::make_shared<load::settings>();
    auto file = std::make_shared<std::string>();
    auto& added = *command.add_subcommand(what.name, what.what);
    added.add_option("--file", *file,
                     "TOML file with the options that are not given here, "
                     "without their dashes");
    what.add_options(added, *given);
    added.callback(
        [&what, &added, given, file, to = load_output{exit_code, out, err}] {
          to.exit_code = run(what, added, *given, *file, to);
        });
  }
}

} // namespace net
