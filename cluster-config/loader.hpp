#pragma once

#include "cluster-config/node_config.hpp"

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>

namespace config {

/// Why a configuration is refused. `what()` is one line:
/// `FILE:LINE: section.key: found X; allowed: Y`, or with
/// `environment: ROOST_VARIABLE` for the place. It never shows a secret.
class error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Variables by name.
using environment = std::map<std::string, std::string>;

/// The variables of this process whose names start with ROOST_, but not with
/// ROOST_CTL_: those are for `roost ctl`.
environment process_environment();

/// Reads the file, then the variables on top of it, checks everything and
/// fills in what follows from the rest. Throws `error`.
node_config load(const std::filesystem::path& file,
                 const environment& variables = process_environment());

/// Does the same with a text; `file` is the name for errors, and its folder
/// is where relative paths in the text start.
node_config parse(const std::string& text, const std::filesystem::path& file,
                  const environment& variables = {});

} // namespace config
