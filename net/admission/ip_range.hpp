#pragma once

#include "cluster-config/trusted_proxies.hpp"
#include "net/admission/peer_address.hpp"

#include <boost/asio/ip/address.hpp>

namespace net {

config::ip_bytes bytes_of(const boost::asio::ip::address& x);
boost::asio::ip::address address_of(const config::ip_bytes& x);

bool is_proxy(const peer_address& x, const config::trusted_proxies& proxies);

} // namespace net
