#pragma once

#include <string_view>

namespace actors {

/// Whether `given` is the configured key. Takes the same time wherever the two
/// differ and whatever their lengths, so an answer's delay tells nothing. An
/// empty configured key matches nothing, not even an empty one.
bool key_matches(std::string_view configured, std::string_view given);

} // namespace actors
