#include "net/ctl/ctl.hpp"

#include "cluster-config/quantity.hpp"
#include "cluster-config/text_file.hpp"
#include "net/ctl/commands.hpp"
#include "net/ctl/display.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace net {

namespace {

/// The command line of `roost ctl`.
struct ctl_arguments {
  // Global.
  std::string address = "127.0.0.1:9000";
  std::string key;
  std::string key_file;
  std::string ca_file;
  std::string timeout = "10s";
  bool json = false;

  // Of the commands.
  std::string pattern;
  std::string room;
  std::string data;
  std::string user;
  disconnect_options target;
  bool shards = false;
  drain_options draining;
  std::string wait = "60s";
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

using command =
    std::function<ctl_exit(const ctl_context&, const ctl_arguments&)>;

/// Where a command's code and words go.
struct ctl_output {
  int& exit_code;
  std::ostream& out;
  std::ostream& err;
};

ctl_exit run(const command& run_it, const ctl_arguments& arguments,
             const ctl_output& to) {
  try {
    admin_client coordinator{client_options(arguments)};
    return run_it({coordinator, arguments.json, to.out, to.err}, arguments);
  } catch (const ctl_error& error) {
    to.err << "roost ctl: " << error.what() << '\n';
    return error.code;
  } catch (const std::invalid_argument& error) {
    to.err << "roost ctl: " << error.what() << '\n';
    return ctl_usage;
  }
}

/// Adds commands to `ctl`, all of which share `arguments`.
class command_adder {
public:
  command_adder(CLI::App& ctl, shared_arguments arguments, ctl_output to)
      : ctl_(ctl), arguments_(std::move(arguments)), to_(to) {}

  CLI::App& operator()(const char* name, const char* what,
                       command run_it) const {
    auto& added = *ctl_.add_subcommand(name, what);
    // `roost ctl nodes --json` is what fingers type.
    added.fallthrough();
    added.callback([run_it = std::move(run_it), arguments = arguments_,
                    to = to_] { to.exit_code = run(run_it, *arguments, to); });
    return added;
  }

private:
  CLI::App& ctl_;
  shared_arguments arguments_;
  ctl_output to_;
};

void add_global_options(CLI::App& ctl, ctl_arguments& arguments) {
  ctl.add_option("--address", arguments.address,
                 "Internal address of a coordinator: HOST:PORT, or "
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

void add_looks(const command_adder& add, ctl_arguments& arguments) {
  add("nodes", "List the nodes of the cluster",
      [](auto& context, auto&) { return list_nodes(context); });
  add("rooms", "List rooms", [](auto& context, auto& given) {
    return list_rooms(context, given.pattern);
  }).add_option("PATTERN", arguments.pattern, "Glob such as 'chat:*'");
  add("room",
      "Show a room: home, copies, position, subscribers, members, history",
      [](auto& context, auto& given) { return show_room(context, given.room); })
      .add_option("NAME", arguments.room, "Name of the room")
      ->required();
  add("connections", "List client connections", [](auto& context, auto& given) {
    return list_connections(context, given.user);
  }).add_option("--user", arguments.user, "Only those of this user");
  add("view", "Show which nodes have how many shards, and copies of them",
      [](auto& context, auto& given) {
        return show_view(context, given.shards);
      })
      .add_flag("--shards", arguments.shards, "Show every shard");
}

/// A time such as 10s; zero where that is allowed. Throws what ctl shows.
std::chrono::milliseconds time_of_option(const std::string& text,
                                         const char* what) {
  const auto time = config::parse_duration(text);
  if (!time)
    throw std::invalid_argument("The " + std::string(what) + " \"" + text
                                + "\" is not a time such as 500ms or 10s.");
  return *time;
}

void add_drain(const command_adder& add, ctl_arguments& arguments) {
  auto& draining =
      add("drain", "Move all shards away from a node, and keep them away",
          [](auto& context, auto& given) {
            auto options = given.draining;
            options.wait = time_of_option(given.wait, "wait");
            return drain(context, options);
          });
  draining.add_option("NODE", arguments.draining.node, "Name of the node")
      ->required();
  draining.add_flag("--undo", arguments.draining.undo,
                    "Let it have its share again");
  draining
      .add_option("--wait", arguments.wait,
                  "How long to wait until it holds none; 0s: not at all")
      ->capture_default_str();
}

void add_deeds(const command_adder& add, ctl_arguments& arguments) {
  auto& publishing =
      add("publish", "Publish to a room", [](auto& context, auto& given) {
        return publish(context, given.room, given.data);
      });
  publishing.add_option("ROOM", arguments.room, "Name of the room")->required();
  publishing.add_option("DATA", arguments.data, "JSON")->required();

  auto& target = arguments.target;
  auto& disconnecting = add("disconnect", "Disconnect a user's clients",
                            [](auto& context, auto& given) {
                              return disconnect(context, given.target);
                            });
  disconnecting.add_option("USER", target.user, "Id of the user")->required();
  disconnecting.add_option("--client", target.client,
                           "Only the connection with this id");
  disconnecting
      .add_option("--code", target.code,
                  "Close code; clients reconnect after 3000-3499 and 4000-4499 "
                  "and stop after the others (default 3503)")
      ->check(CLI::Range(3000u, 4999u));
  disconnecting
      .add_option("--reason", target.reason,
                  "Text for the client, at most 123 bytes")
      ->check([](const std::string& text) {
        return text.size() > 123 ? "must have at most 123 bytes" : "";
      });
}

} // namespace

void add_ctl(CLI::App& app, int& exit_code, std::ostream& out,
             std::ostream& err) {
  auto& ctl = *app.add_subcommand("ctl", "Look at a cluster and command it");
  auto arguments = std::make_shared<ctl_arguments>();
  ctl.require_subcommand(1);
  add_global_options(ctl, *arguments);
  command_adder add{ctl, arguments, {exit_code, out, err}};
  add_looks(add, *arguments);
  add_deeds(add, *arguments);
  add_drain(add, *arguments);
}

} // namespace net
