#pragma once

#include "cluster-config/trusted_proxies.hpp"
#include "net/admission/peer_address.hpp"
#include "net/http/exchange.hpp"

namespace net {

/// Who sent a request that came from `peer`. Where that is one of `trusted`
/// proxies, it is whom they say: the last address of X-Forwarded-For that is
/// none of them, else of Forwarded (RFC 7239), else X-Real-IP. What a client
/// wrote there itself stands before what our proxies add, and does not count.
peer_address client_address(const http_request& request,
                            const peer_address& peer,
                            const config::trusted_proxies& trusted);

} // namespace net
