#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace config {

/// Reads "500ms", "10s", "5m", "24h", "30d" or several of them in a row
/// ("1m30s"); nothing when it is none of these or above 100 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The largest unit up to hours that leaves no rest: "90s", "720h", "0s".
std::string write_duration(std::chrono::milliseconds x);

/// Reads "100", "64KiB", "8MiB" or "1GiB"; nothing for anything else.
std::optional<std::size_t> parse_bytes(std::string_view text);

/// The same with the largest unit that leaves no rest.
std::string write_bytes(std::size_t x);

} // namespace config
