#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace config {

/// Reads the number of a port, 0 among them; nothing when it is none.
std::optional<std::uint16_t> parse_port(std::string_view text);

} // namespace config
