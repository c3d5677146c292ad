#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace net {

/// The command that a client which only listens means: `request` is a
/// ConnectRequest in JSON. Nothing where it is no JSON object.
std::optional<std::string> connect_command(std::string_view request);

} // namespace net
