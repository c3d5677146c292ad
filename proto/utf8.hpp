#pragma once

#include <cstddef>
#include <string_view>

namespace proto {

/// Whether `text` is valid UTF-8.
bool is_utf8(std::string_view text) noexcept;

/// The start of `text`, which must be UTF-8: at most `max_bytes` of it, and no
/// part of a character.
std::string_view cut_utf8(std::string_view text,
                          std::size_t max_bytes) noexcept;

} // namespace proto
