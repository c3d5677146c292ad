#include "net/admission/peer_address.hpp"

#include "cluster-config/trusted_proxies.hpp"

#include <cstring>

namespace net {

std::optional<tcp::endpoint>
tcp_endpoint_of(const stream_protocol::endpoint& x) {
  const auto family = x.protocol().family();
  if (family != tcp::v4().family() && family != tcp::v6().family())
    return std::nullopt;
  tcp::endpoint out;
  out.resize(x.size());
  std::memcpy(out.data(), x.data(), x.size());
  return out;
}

peer_address peer_at(const stream_protocol::endpoint& x) {
  const auto found = tcp_endpoint_of(x);
  return found ? peer_address{found->address()} : std::nullopt;
}

std::string to_string(const peer_address& x) {
  return x ? x->to_string() : std::string{config::unix_peers};
}

} // namespace net
