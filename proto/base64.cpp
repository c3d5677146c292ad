#include "proto/base64.hpp"

#include <array>
#include <cstdint>

namespace proto {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "abcdefghijklmnopqrstuvwxyz"
                                      "0123456789+/";

constexpr std::uint32_t bad_digit = 64;

constexpr std::array<std::uint8_t, 256> digits = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(bad_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<std::uint8_t>(alphabet[i])] =
        static_cast<std::uint8_t>(i);
  return table;
}();

std::uint32_t digit(char c) {
  return digits[static_cast<std::uint8_t>(c)];
}

std::uint32_t byte(char c) {
  return static_cast<std::uint8_t>(c);
}

} // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0)
    return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size()
         && text[text.size() - 1 - padding] == '=')
    ++padding;
  text.remove_suffix(padding);
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (auto c : text) {
    auto value = digit(c);
    if (value == bad_digit)
      return std::nullopt;
    bits = (bits << 6 | value) & 0xffffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out.push_back(static_cast<char>(bits >> held & 0xff));
    }
  }
  // Bits that belong to no byte must be zero: one text for each byte string.
  if ((bits & ((1U << held) - 1)) != 0)
    return std::nullopt;
  return out;
}

void append_base64(std::string_view bytes, std::string& out) {
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    auto bits =
        byte(bytes[i]) << 16 | byte(bytes[i + 1]) << 8 | byte(bytes[i + 2]);
    for (auto shift : {18, 12, 6, 0})
      out.push_back(alphabet[bits >> shift & 63]);
  }
  auto left = bytes.size() - i;
  if (left == 0)
    return;
  auto bits = byte(bytes[i]) << 16;
  if (left == 2)
    bits |= byte(bytes[i + 1]) << 8;
  out.push_back(alphabet[bits >> 18 & 63]);
  out.push_back(alphabet[bits >> 12 & 63]);
  out.push_back(left == 2 ? alphabet[bits >> 6 & 63] : '=');
  out.push_back('=');
}

} // namespace proto
