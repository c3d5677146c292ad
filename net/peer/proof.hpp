#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace net::peer {

inline constexpr std::size_t nonce_size = 32;
inline constexpr std::size_t mac_size = 32;

/// `nonce_size` bytes from OpenSSL's generator; throws when it has none.
std::string make_nonce();

/// HMAC-SHA256 of `text`.
std::string make_mac(std::string_view secret, std::string_view text);

/// Compares in a time that depends on the lengths alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

} // namespace net::peer
