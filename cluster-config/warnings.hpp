#pragma once

#include "cluster-config/node_config.hpp"

#include <string>
#include <vector>

namespace config {

/// What a loaded configuration may well mean, but should not in production:
/// a sentence each, which names the key and what to do, and shows no secret.
std::vector<std::string> warnings(const node_config& config);

} // namespace config
