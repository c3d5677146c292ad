#include "net/peer/address.hpp"

#include <charconv>
#include <stdexcept>

namespace net::peer {

namespace {

[[noreturn]] void refuse(std::string_view text) {
  throw std::invalid_argument("\"" + std::string{text}
                              + "\" is not an address: host:port or "
                                "[IPv6]:port with a port of 0 to 65535 is due");
}

} // namespace

host_port parse_host_port(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    refuse(text);
  auto host = text.substr(0, colon);
  auto digits = text.substr(colon + 1);
  if (host.front() == '[' && host.back() == ']' && host.size() > 2)
    host = host.substr(1, host.size() - 2);
  else if (host.find_first_of("[]:") != std::string_view::npos)
    refuse(text);
  host_port result{std::string{host}, 0};
  const auto* end = digits.data() + digits.size();
  auto [stop, error] = std::from_chars(digits.data(), end, result.port);
  if (error != std::errc{} || stop != end)
    refuse(text);
  return result;
}

std::string to_string(const host_port& address) {
  auto ipv6 = address.host.find(':') != std::string::npos;
  return (ipv6 ? "[" + address.host + "]" : address.host) + ":"
         + std::to_string(address.port);
}

} // namespace net::peer
