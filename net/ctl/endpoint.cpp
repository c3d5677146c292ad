#include "net/ctl/endpoint.hpp"

#include "cluster-config/port.hpp"
#include "cluster-config/socket_address.hpp"

#include <stdexcept>

namespace net {

namespace {

constexpr std::string_view unix_prefix = "unix:";

[[noreturn]] void refuse(std::string_view text) {
  throw std::invalid_argument("The address \"" + std::string(text)
                              + "\" is not HOST:PORT, http://HOST:PORT, "
                                "https://HOST:PORT or unix:PATH.");
}

bool is_port(std::string_view text) {
  return config::parse_port(text).value_or(0) > 0;
}

} // namespace

std::string endpoint::text() const {
  if (!path.empty())
    return std::string{unix_prefix} + path;
  auto ip6 = host.find(':') != std::string::npos;
  auto result = ip6 ? '[' + host + "]:" + port : host + ':' + port;
  return tls ? "https://" + result : result;
}

endpoint parse_endpoint(std::string_view text) {
  auto rest = text;
  endpoint result;
  if (rest.starts_with(unix_prefix)) {
    result.path = rest.substr(unix_prefix.size());
    if (result.path.empty() || result.path.size() > config::max_socket_path)
      refuse(text);
    return result;
  }
  if (rest.starts_with("https://")) {
    result.tls = true;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  }
  if (rest.ends_with('/'))
    rest.remove_suffix(1);
  auto colon = rest.rfind(':');
  if (colon == std::string_view::npos)
    refuse(text);
  auto host = rest.substr(0, colon);
  auto port = rest.substr(colon + 1);
  auto bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  auto ip6 = host.find(':') != std::string_view::npos;
  if (host.empty() || ip6 != bracketed || !is_port(port)
      || host.find_first_of("/ []@") != std::string_view::npos)
    refuse(text);
  result.host = host;
  result.port = port;
  return result;
}

} // namespace net
