#pragma once

#include <string>
#include <string_view>

namespace actors {

/// `bytes` in the URL alphabet without padding (RFC 4648 section 5).
std::string base64url(std::string_view bytes);

/// Appends to `out` what `text` encodes in the URL alphabet. Refuses padding,
/// foreign characters, and last characters whose unused bits are set: a text
/// has one encoding only, so a signature can't be rewritten and stay valid.
bool append_base64url(std::string_view text, std::string& out);

} // namespace actors
