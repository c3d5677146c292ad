#include "cluster-config/socket_address.hpp"

#include <algorithm>

namespace config {

namespace {

constexpr std::string_view unix_prefix = "unix:";

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

} // namespace

std::optional<socket_address> parse_socket_address(std::string_view text) {
  if (!text.starts_with(unix_prefix)) {
    if (auto network = parse_address(text))
      return socket_address{std::move(*network), {}};
    return std::nullopt;
  }
  const auto path = text.substr(unix_prefix.size());
  if (path.empty() || path.ends_with('/')
      || std::ranges::any_of(path, is_control))
    return std::nullopt;
  return socket_address{{}, std::string{path}};
}

std::string to_string(const socket_address& x) {
  return x.is_unix() ? std::string{unix_prefix} + x.path : to_string(x.network);
}

std::string to_string(const std::vector<socket_address>& all) {
  std::string out;
  for (const auto& x : all)
    out += (out.empty() ? "" : ", ") + to_string(x);
  return out;
}

} // namespace config
