#pragma once

#include "cluster-config/raw_value.hpp"

#include <string>

namespace config {

/// Reads a TOML file's text; the result is a table. Throws `error` that names
/// `file` and the line, without anything from the line itself.
raw_value read_toml(const std::string& text, const std::string& file);

/// Reads one TOML or JSON value, such as an array of tables. Throws `error`
/// that names `place`.
raw_value read_toml_value(const std::string& text, const std::string& place,
                          const std::string& key);

} // namespace config
