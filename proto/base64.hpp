#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace proto {

/// Decodes standard base64 with padding; nothing else is accepted.
std::optional<std::string> decode_base64(std::string_view text);

/// Appends `bytes` as standard base64 with padding.
void append_base64(std::string_view bytes, std::string& out);

} // namespace proto
