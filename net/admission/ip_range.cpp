#include "net/admission/ip_range.hpp"

#include <algorithm>

namespace net {

namespace ip = boost::asio::ip;

config::ip_bytes bytes_of(const ip::address& x) {
  const auto v6 =
      x.is_v4() ? ip::make_address_v6(ip::v4_mapped, x.to_v4()) : x.to_v6();
  config::ip_bytes out;
  std::ranges::copy(v6.to_bytes(), out.begin());
  return out;
}

ip::address address_of(const config::ip_bytes& x) {
  const ip::address_v6 v6{x};
  if (v6.is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, v6);
  return v6;
}

bool is_proxy(const peer_address& x, const config::trusted_proxies& proxies) {
  if (!x)
    return proxies.unix_peers;
  const auto bytes = bytes_of(*x);
  return std::ranges::any_of(
      proxies.networks, [&bytes](const auto& n) { return n.contains(bytes); });
}

} // namespace net
