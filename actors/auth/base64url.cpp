#include "actors/auth/base64url.hpp"

#include <array>
#include <cstdint>

namespace actors {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::uint8_t bad = 0x80;

constexpr std::array<std::uint8_t, 256> values = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(bad);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] =
        static_cast<std::uint8_t>(i);
  return table;
}();

} // namespace

std::string base64url(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t word = 0;
  unsigned bits = 0;
  for (char c : bytes) {
    word = word << 8 | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out.push_back(alphabet[word >> bits & 0x3f]);
    }
  }
  if (bits > 0)
    out.push_back(alphabet[word << (6 - bits) & 0x3f]);
  return out;
}

bool append_base64url(std::string_view text, std::string& out) {
  if (text.size() % 4 == 1)
    return false;
  auto begin = out.size();
  out.resize(begin + text.size() / 4 * 3
             + (text.size() % 4 == 0 ? 0 : text.size() % 4 - 1));
  auto* to = out.data() + begin;
  std::uint32_t word = 0;
  unsigned bits = 0;
  std::uint8_t seen = 0;
  for (char c : text) {
    auto value = values[static_cast<unsigned char>(c)];
    seen |= value;
    word = word << 6 | (value & 0x3f);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      *to++ = static_cast<char>(word >> bits & 0xff);
    }
  }
  auto unused = word & ((1u << bits) - 1);
  return (seen & bad) == 0 && unused == 0;
}

} // namespace actors
