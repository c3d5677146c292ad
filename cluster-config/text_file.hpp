#pragma once

#include <optional>
#include <string>

namespace config {

/// The content of a file of at most 16 MiB, or nothing with `errno` set.
std::optional<std::string> read_text_file(const std::string& path);

} // namespace config
