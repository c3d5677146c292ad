#pragma once

#include "cluster-config/ip_network.hpp"
#include "net/http/exchange.hpp"

#include <boost/asio/ip/address.hpp>

#include <vector>

namespace net {

/// Who sent a request that came from `peer`. Where that is one of `trusted`
/// proxies, it is whom they say: the last address of X-Forwarded-For that is
/// none of them, else of Forwarded (RFC 7239), else X-Real-IP. What a client
/// wrote there itself stands before what our proxies add, and does not count.
asio::ip::address
client_address(const http_request& request, const asio::ip::address& peer,
               const std::vector<config::ip_network>& trusted);

} // namespace net
