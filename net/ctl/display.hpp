#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace net {

/// `text` with control characters and what is not UTF-8 written as `\xNN`.
std::string visible(std::string_view text);

/// `strings` as one, with `between` between them.
template <class Strings>
std::string joined(const Strings& strings, const char* between) {
  std::string out;
  for (auto& text : strings)
    out += (out.empty() ? "" : between) + text;
  return out;
}

/// The first `size` bytes of `text` and "..." if there is more; does not cut
/// through a character.
std::string shortened(std::string_view text, std::size_t size);

/// The two largest units: "45s", "12m 3s", "5h 0m", "3d 4h".
std::string time_span(std::chrono::seconds span);

/// UTC: "2025-06-15 15:06:40"; empty for 0.
std::string time_of(std::int64_t unix_ms);

/// "512 B", "1.5 KiB", "8.0 MiB".
std::string byte_count(std::uint64_t bytes);

/// With one digit after the point.
std::string one_digit(double number);

} // namespace net
