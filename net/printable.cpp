#include "net/printable.hpp"

#include <algorithm>
#include <cstdint>

namespace net {

namespace {

/// A character and the bytes that it takes; 0 bytes where there is none.
struct character {
  std::uint32_t code = 0;
  std::size_t size = 0;
};

std::size_t size_by_first(unsigned char first) {
  if (first < 0x80)
    return 1;
  if (first < 0xC2 || first > 0xF4)
    return 0;
  return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

character first_of(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const auto size = size_by_first(first);
  if (size == 0 || text.size() < size)
    return {};
  if (size == 1)
    return {first, 1};
  std::uint32_t code = first & (0x7FU >> size);
  for (const unsigned char next : text.substr(1, size - 1)) {
    if ((next & 0xC0U) != 0x80)
      return {};
    code = code << 6U | (next & 0x3FU);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < least[size] || code > 0x10FFFF || surrogate)
    return {};
  return {code, size};
}

bool shows(std::uint32_t code) {
  if (code < 0x20 || (code >= 0x7F && code <= 0x9F))
    return false;
  return code != 0x061C && (code < 0x200E || code > 0x200F)
         && (code < 0x2028 || code > 0x202E)
         && (code < 0x2066 || code > 0x2069);
}

void append_escaped(std::string_view bytes, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const unsigned char byte : bytes) {
    if (byte == '\n')
      out += "\\n";
    else if (byte == '\r')
      out += "\\r";
    else if (byte == '\t')
      out += "\\t";
    else
      out.append("\\x").append({digits[byte >> 4U], digits[byte & 15U]});
  }
}

} // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto next = first_of(text);
    const auto bytes = text.substr(0, std::max<std::size_t>(next.size, 1));
    if (next.size > 0 && shows(next.code))
      out += bytes;
    else
      append_escaped(bytes, out);
    text.remove_prefix(bytes.size());
  }
  return out;
}

} // namespace net
