#pragma once

#include "cluster-config/node_config.hpp"

#include <string>

namespace net {

/// Sends the log to standard error as `[log]` says: lines of text, or a JSON
/// object a line with time, level, node and message. Whatever a message says,
/// it is one line of printable UTF-8 (net/printable.hpp); one that repeats
/// itself is counted (net/repeat_filter.hpp).
void set_up_log(const config::log_section& log, const std::string& node);

} // namespace net
