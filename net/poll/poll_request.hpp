#pragma once

#include "proto/client.pb.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace net {

/// Bytes of the first line of a request, at most.
inline constexpr std::size_t max_poll_head = 1024;

/// The body of a request of long polling.
struct poll_request {
  roost::client::PollRequest head;
  std::string_view commands; ///< In the body; empty unless it sends.

  /// Whether it is for a new session; else it names the one that it is for.
  bool opens() const { return !head.open().empty(); }
};

/// Reads a body: a line of JSON, then commands where it sends some. Or says why
/// it is none.
std::variant<poll_request, std::string> read_poll(std::string_view body);

} // namespace net
