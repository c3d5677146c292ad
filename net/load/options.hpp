#pragma once

#include "net/load/report.hpp"
#include "net/load/settings.hpp"

#include <string>

namespace CLI {
class App;
}

namespace net::load {

// The flags of each scenario, which write into the settings.

void add_broadcast_options(CLI::App& app, settings& to);
void add_rooms_options(CLI::App& app, settings& to);
void add_idle_options(CLI::App& app, settings& to);
void add_connect_options(CLI::App& app, settings& to);
void add_echo_options(CLI::App& app, settings& to);
void add_api_options(CLI::App& app, settings& to);
void add_self_options(CLI::App& app, settings& to);

/// Takes what the command line did not say from a TOML file whose keys are the
/// names of the flags. Throws usage_error.
void read_settings_file(const std::string& file, CLI::App& app);

/// Refuses what makes no sense; throws usage_error.
void check(const settings& given);

/// Writes what was asked for into the report, without secrets.
void describe(const settings& given, const CLI::App& app, report& out);

} // namespace net::load
