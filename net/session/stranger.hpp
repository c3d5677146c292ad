#pragma once

#include "cluster-config/node_config.hpp"

#include <algorithm>
#include <cstddef>

namespace net {

/// What somebody may send in one message who has not proved who he is.
inline std::size_t max_message_of_stranger(const config::node_config& config) {
  return std::min<std::size_t>(config.websocket.message_size_limit, 64 * 1024);
}

} // namespace net
