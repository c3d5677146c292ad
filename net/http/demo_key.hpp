#pragma once

#include "cluster-config/node_config.hpp"

#include <string>

namespace net {

/// What the demo page signs its tokens with: a key that opens nothing but rooms
/// of guests (actors/auth/guest.hpp). It follows from
/// `client.token.hmac_secret_key` one way only, so that nodes of a cluster take
/// each other's guests; where there is none, it is another one in each process.
std::string demo_key(const config::token_keys& keys);

} // namespace net
