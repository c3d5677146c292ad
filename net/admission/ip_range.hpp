#pragma once

#include "cluster-config/ip_network.hpp"

#include <boost/asio/ip/address.hpp>

#include <vector>

namespace net {

config::ip_bytes bytes_of(const boost::asio::ip::address& x);
boost::asio::ip::address address_of(const config::ip_bytes& x);

bool is_in(const config::ip_bytes& x,
           const std::vector<config::ip_network>& ranges);

} // namespace net
