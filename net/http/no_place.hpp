#pragma once

#include "actors/lane/lane_metrics.hpp"
#include "net/admission/admission.hpp"
#include "net/http/exchange.hpp"

namespace net {

/// Counts and answers a client of the public addresses that may not stay.
http_reply no_place(admission::refusal why, actors::lane_metrics& metrics);

} // namespace net
