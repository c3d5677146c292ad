#include "net/refuse_arguments.hpp"

#include <CLI/CLI.hpp>

#include <ostream>
#include <string>

namespace net {

namespace {

constexpr int bad_usage = 2;

/// The innermost command that was named, and how to call it.
const CLI::App& named_command(const CLI::App& app, std::string& name) {
  const auto* at = &app;
  name = app.get_name();
  for (auto named = at->get_subcommands(); !named.empty();
       named = at->get_subcommands()) {
    at = named.front();
    name += ' ' + at->get_name();
  }
  return *at;
}

bool has_commands(const CLI::App& command) {
  return !command.get_subcommands(nullptr).empty();
}

void list_options(const CLI::App& command, std::ostream& out) {
  for (const auto* option : command.get_options())
    if (option->nonpositional() && option != command.get_help_ptr())
      out << " --" << option->get_lnames().front();
  if (command.get_fallthrough() && command.get_parent() != nullptr)
    list_options(*command.get_parent(), out);
  else
    out << " --help";
}

void list_commands(const CLI::App& command, std::ostream& out) {
  for (const auto* x : command.get_subcommands(nullptr))
    out << ' ' << x->get_name();
  out << '\n';
}

void refuse_word(const CLI::App& app, const std::string& word,
                 std::ostream& out) {
  std::string name;
  const auto& command = named_command(app, name);
  if (word.starts_with('-')) {
    out << name << ": there is no option '" << word << "'; there are";
    list_options(command, out);
    out << '\n';
  } else if (has_commands(command)) {
    out << name << ": there is no command '" << word << "'; there are";
    list_commands(command, out);
  } else {
    out << name << ": '" << word << "' is one argument too many\n";
  }
}

} // namespace

int refuse_arguments(const CLI::App& app, const CLI::ParseError& wrong,
                     std::ostream& out, std::ostream& err) {
  // CLI11 asks for what is missing without a look at what it was given.
  const auto unknown = app.remaining(true);
  std::string name;
  if (wrong.get_exit_code() == 0)
    return app.exit(wrong, out, err);
  if (!unknown.empty()) {
    refuse_word(app, unknown.front(), err);
  } else if (const auto& command = named_command(app, name);
             has_commands(command)) {
    err << name << ": a command is missing; there are";
    list_commands(command, err);
  } else {
    app.exit(wrong, out, err);
  }
  return bad_usage;
}

} // namespace net
