#pragma once

#include "net/admission/peer_address.hpp"

#include <cstdint>

namespace net {

/// What counts as one address: an IPv4 address, or the /64 of an IPv6 address,
/// of which one subscriber has all. An IPv4 address in an IPv6 one is itself.
/// Everybody at unix sockets is one.
inline std::uint64_t address_key(const peer_address& from) {
  using namespace boost::asio::ip;
  // No socket comes from multicast, where ff00::/8 is.
  constexpr std::uint64_t ipv4 = 0xFFFF'FFFF'0000'0000;
  constexpr std::uint64_t unix_peer = 0xFFFF'FFFE'0000'0000;
  if (!from)
    return unix_peer;
  if (from->is_v4())
    return ipv4 | from->to_v4().to_uint();
  const auto v6 = from->to_v6();
  if (v6.is_v4_mapped())
    return ipv4 | make_address_v4(v4_mapped, v6).to_uint();
  std::uint64_t key = 0;
  const auto bytes = v6.to_bytes();
  for (int i = 0; i < 8; ++i)
    key = key << 8U | bytes[static_cast<std::size_t>(i)];
  return key;
}

} // namespace net
