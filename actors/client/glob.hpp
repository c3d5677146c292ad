#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace actors {

/// Whether `text` as a whole matches `pattern`: `*` is any text, `?` any one
/// character, `[a-z]` and `[!a-z]` one of (or none of) a set, `\` takes the
/// next character as it is. An empty pattern matches everything. Takes time
/// proportional to the product of the lengths at most.
bool glob_matches(std::string_view pattern, std::string_view text);

/// Bytes of a pattern that somebody sends, at most: names are far shorter.
constexpr std::size_t max_pattern = 4096;

/// The pattern that matches `text` alone.
std::string glob_exactly(std::string_view text);

} // namespace actors
