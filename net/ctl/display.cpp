#include "net/ctl/display.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace net {

namespace {

bool continues(unsigned char byte) {
  return (byte & 0xc0) == 0x80;
}

/// Bytes of the character at the start of `text`; 0 if it is none that may be
/// shown.
std::size_t character_size(std::string_view text) {
  auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80)
    return first >= 0x20 && first != 0x7f ? 1 : 0;
  std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size)
    return 0;
  for (std::size_t i = 1; i < size; ++i)
    if (!continues(static_cast<unsigned char>(text[i])))
      return 0;
  auto second = static_cast<unsigned char>(text[1]);
  // U+0080 to U+009F are control characters as well.
  if (first == 0xc2 && second < 0xa0)
    return 0;
  return size;
}

std::string number(std::int64_t value, const char* unit) {
  return std::to_string(value) + unit;
}

} // namespace

std::string visible(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    auto size = character_size(text);
    if (size > 0) {
      out += text.substr(0, size);
    } else {
      std::array<char, 5> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\x%02x",
                    static_cast<unsigned char>(text[0]));
      out += escaped.data();
      size = 1;
    }
    text.remove_prefix(size);
  }
  return out;
}

std::string shortened(std::string_view text, std::size_t size) {
  if (text.size() <= size)
    return std::string(text);
  while (size > 0 && continues(static_cast<unsigned char>(text[size])))
    --size;
  return std::string(text.substr(0, size)) + "...";
}

std::string time_span(std::chrono::seconds span) {
  auto seconds = static_cast<std::int64_t>(span.count());
  auto minutes = seconds / 60;
  auto hours = minutes / 60;
  if (minutes == 0)
    return number(seconds, "s");
  if (hours == 0)
    return number(minutes, "m ") + number(seconds % 60, "s");
  if (hours < 24)
    return number(hours, "h ") + number(minutes % 60, "m");
  return number(hours / 24, "d ") + number(hours % 24, "h");
}

std::string time_of(std::int64_t unix_ms) {
  if (unix_ms == 0)
    return {};
  auto seconds = static_cast<std::time_t>(unix_ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%F %T", &parts);
  return text.data();
}

std::string byte_count(std::uint64_t bytes) {
  if (bytes < 1024)
    return std::to_string(bytes) + " B";
  auto value = static_cast<double>(bytes) / 1024;
  for (auto unit : {" KiB", " MiB", " GiB"}) {
    if (value < 1023.95)
      return one_digit(value) + unit;
    value /= 1024;
  }
  return one_digit(value) + " TiB";
}

std::string one_digit(double number) {
  if (!std::isfinite(number))
    return "-";
  std::array<char, 352> text{};
  std::snprintf(text.data(), text.size(), "%.1f", number);
  return text.data();
}

} // namespace net
