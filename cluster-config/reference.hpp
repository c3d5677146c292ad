#pragma once

#include <string>

namespace config {

/// A file with every key, its default and what it means; loads as the default
/// configuration.
std::string default_config_text();

/// docs/configuration.md.
std::string configuration_markdown();

} // namespace config
