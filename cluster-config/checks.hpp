#pragma once

#include "cluster-config/node_config.hpp"
#include "cluster-config/places.hpp"

#include <filesystem>

namespace config {

/// Checks what concerns more than one key and fills in what follows from the
/// rest. Throws `error`.
void check(node_config& config, const key_places& places,
           const std::filesystem::path& folder);

// Parts of `check`, each in its own file.

/// Reads or tries every file that a key names. Relative paths start at
/// `folder` and are replaced by the whole path.
void check_files(node_config& config, const key_places& places,
                 const std::filesystem::path& folder);
void check_channels(node_config& config, const key_places& places);
void check_cluster(node_config& config, const key_places& places);

} // namespace config
