#pragma once

#include <cstdint>

namespace net {

/// How a client marked a message; the bytes mean the same.
enum class message_kind : std::uint8_t { text, binary };

} // namespace net
