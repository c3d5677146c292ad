#include "cluster-config/port.hpp"

#include <charconv>
#include <system_error>

namespace config {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto* end = text.data() + text.size();
  const auto [last, problem] = std::from_chars(text.data(), end, port);
  if (problem != std::errc{} || last != end)
    return std::nullopt;
  return port;
}

} // namespace config
