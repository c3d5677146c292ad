#pragma once

#include "net/load/target.hpp"

#include <string>
#include <string_view>

namespace net::load {

/// Appends what publishes `payload`, which is JSON, in a room.
void append_publish_request(std::string_view room, std::string_view payload,
                            bool delta, std::string& out);

/// Posts `body` to a path of the server; without a key where that is empty.
std::string post_request(const target& where, std::string_view path,
                         std::string_view key, std::string_view body);

} // namespace net::load
