#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace config {

/// The candidate that `word` was most likely meant to be, or "" when none is
/// near.
std::string nearest(std::string_view word,
                    const std::vector<std::string>& candidates);

} // namespace config
