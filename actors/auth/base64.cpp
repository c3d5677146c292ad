#include "actors/auth/base64.hpp"

#include <array>
#include <cstdint>

namespace actors {

namespace {

constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view std_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint8_t bad = 0x80;

using decode_table = std::array<std::uint8_t, 256>;

constexpr decode_table make_table(std::string_view alphabet) {
  decode_table table{};
  table.fill(bad);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] =
        static_cast<std::uint8_t>(i);
  return table;
}

constexpr auto url_table = make_table(url_alphabet);
constexpr auto std_table = make_table(std_alphabet);

/// Decodes `text`, which has no padding.
bool append_decoded(std::string_view text, const decode_table& table,
                    std::string& out) {
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
    auto value = table[static_cast<unsigned char>(c)];
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
      out.push_back(url_alphabet[word >> bits & 0x3f]);
    }
  }
  if (bits > 0)
    out.push_back(url_alphabet[word << (6 - bits) & 0x3f]);
  return out;
}

bool append_base64url(std::string_view text, std::string& out) {
  return append_decoded(text, url_table, out);
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0)
    return std::nullopt;
  if (text.ends_with("=="))
    text.remove_suffix(2);
  else if (text.ends_with('='))
    text.remove_suffix(1);
  std::string out;
  if (!append_decoded(text, std_table, out))
    return std::nullopt;
  return out;
}

} // namespace actors
