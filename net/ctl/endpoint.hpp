#pragma once

#include <string>
#include <string_view>

namespace net {

/// Where a coordinator takes admin commands.
struct endpoint {
  std::string host;
  std::string port;
  bool tls = false;

  /// As people write it: "127.0.0.1:9000", "https://[::1]:9000".
  std::string text() const;
};

/// Reads "HOST:PORT", "http://HOST:PORT" or "https://HOST:PORT"; IPv6 addresses
/// stand in brackets. Throws std::invalid_argument with a sentence.
endpoint parse_endpoint(std::string_view text);

} // namespace net
