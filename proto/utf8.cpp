#include "proto/utf8.hpp"

#include <simdjson.h>

namespace proto {

namespace {

/// Whether `c` goes on with the character before it.
constexpr bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80;
}

} // namespace

bool is_utf8(std::string_view text) noexcept {
  return simdjson::validate_utf8(text.data(), text.size());
}

std::string_view cut_utf8(std::string_view text,
                          std::size_t max_bytes) noexcept {
  if (text.size() <= max_bytes)
    return text;
  while (max_bytes > 0 && continues(text[max_bytes]))
    --max_bytes;
  return text.substr(0, max_bytes);
}

} // namespace proto
