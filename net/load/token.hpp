#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace net::load {

/// A connection token (JWT, HS256) of `user` that holds for an hour from
/// `unix_seconds`.
std::string make_token(std::string_view secret, std::string_view user,
                       std::int64_t unix_seconds);

} // namespace net::load
