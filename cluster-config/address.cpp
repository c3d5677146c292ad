#include "cluster-config/address.hpp"

#include "cluster-config/port.hpp"

namespace config {

namespace {

bool host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool ipv6_character(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')
         || (c >= '0' && c <= '9') || c == ':' || c == '.' || c == '%';
}

bool all(std::string_view text, bool (*is)(char)) {
  for (char c : text)
    if (!is(c))
      return false;
  return !text.empty();
}

} // namespace

std::optional<address> parse_address(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  auto port = parse_port(text.substr(colon + 1));
  if (!port)
    return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    if (!all(host, ipv6_character))
      return std::nullopt;
  } else if (!all(host, host_character)) {
    return std::nullopt;
  }
  return address{std::string{host}, *port};
}

std::string to_string(const address& x) {
  if (x.empty())
    return {};
  auto port = std::to_string(x.port);
  if (x.host.find(':') != std::string::npos)
    return "[" + x.host + "]:" + port;
  return x.host + ":" + port;
}

} // namespace config
