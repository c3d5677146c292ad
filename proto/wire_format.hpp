#pragma once

#include <cstddef>
#include <cstdint>

namespace proto {

/// How the messages of one connection are written; fixed for its life.
enum class wire_format : std::uint8_t {
  json,     ///< One JSON object a line, in WebSocket text frames.
  protobuf, ///< Length-prefixed Protobuf, in WebSocket binary frames.
};

/// How many formats there are, for arrays indexed by format.
inline constexpr std::size_t wire_formats = 2;

} // namespace proto
