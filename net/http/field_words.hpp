#pragma once

#include <string_view>

namespace net {

// What the values of header fields are made of (RFC 9110, section 5.6).

/// Without spaces and tabs around it.
std::string_view trimmed(std::string_view text);

/// Takes what is before the first `separator`, or all, off the front of `list`,
/// and trims it.
std::string_view take_item(std::string_view& list, char separator);

/// Without the quotes around it, if it has them.
std::string_view unquoted(std::string_view text);

/// Whether two words are the same but for the case of letters.
bool same_word(std::string_view a, std::string_view b);

} // namespace net
