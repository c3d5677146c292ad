#pragma once

#include <string>
#include <string_view>

namespace net {

/// `text` on one line that a terminal and a log reader can take: control
/// characters (C0, DEL, C1, and those of Unicode that separate lines or turn
/// the direction of writing) and bytes that are not UTF-8 become `\n`, `\r`,
/// `\t` or `\xNN`; the rest stays as it is.
std::string printable(std::string_view text);

} // namespace net
