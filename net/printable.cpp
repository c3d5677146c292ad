#include "net/printable.hpp"

#include <boost/locale/utf.hpp>

#include <cstdint>

namespace net {

namespace {

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
  namespace utf = boost::locale::utf;
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    auto end = text.begin();
    const auto code = utf::utf_traits<char>::decode(end, text.end());
    const bool valid = utf::is_valid_codepoint(code);
    const auto size = valid ? end - text.begin() : 1;
    const auto bytes = text.substr(0, static_cast<std::size_t>(size));
    if (valid && shows(code))
      out += bytes;
    else
      append_escaped(bytes, out);
    text.remove_prefix(bytes.size());
  }
  return out;
}

} // namespace net
