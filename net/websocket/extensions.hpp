#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace net {

/// Chooses among what Sec-WebSocket-Extensions offers (RFC 7692, section 7.1):
/// the answer for the same header, or nothing where no offer will do. Neither
/// side keeps a context, so that a frame is compressed once for all who get
/// it; for that same reason an offer with a window below 15 bits for us is
/// declined.
std::optional<std::string> accept_deflate(std::string_view offers);

} // namespace net
