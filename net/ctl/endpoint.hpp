#pragma once

#include <string>
#include <string_view>

namespace net {

/// Where a coordinator takes admin commands.
struct endpoint {
  std::string path; ///< Of a unix socket; there is no more to it then.
  std::string host;
  std::string port;
  bool tls = false;

  /// As people write it: "127.0.0.1:9000", "https://[::1]:9000",
  /// "unix:/run/roost/internal.sock".
  std::string text() const;
};

/// Reads "HOST:PORT", "http://HOST:PORT", "https://HOST:PORT" or "unix:PATH";
/// IPv6 addresses stand in brackets. Throws std::invalid_argument with a
/// sentence.
endpoint parse_endpoint(std::string_view text);

} // namespace net
