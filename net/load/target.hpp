#pragma once

#include <cstddef>
#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <string_view>

namespace net::load {

/// Where a server is.
struct target {
  std::string host; ///< For the Host header, with the port.
  std::string path; ///< Empty where the URL has none.
  sockaddr_storage address{};
  socklen_t address_size = 0;

  /// Whether it is on this machine, where every address 127.x.y.z is ours.
  bool loopback() const;
};

/// Reads "ws://host:port/path" or "http://...", and looks the host up; `scheme`
/// is what the URL must start with. Throws usage_error for what is no such URL
/// and load_error for a name that nobody knows.
target find_target(std::string_view url, std::string_view scheme);

/// A non-blocking socket that connects to the target. One client address has
/// 28,000 ports at most, so on this machine the address depends on `number`:
/// 16,000 connections each. Returns -1 with errno.
int start_connect(const target& where, std::size_t number);

/// How many connections in a row come from one address.
constexpr std::size_t connections_per_address = 16'000;

/// Raises the limit of open files to what `connections` need; throws
/// load_error, naming the limit, when that is not allowed.
void allow_connections(std::size_t connections);

} // namespace net::load
