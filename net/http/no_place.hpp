#pragma once

#include "actors/lane/lane_metrics.hpp"
#include "net/admission/admission.hpp"
#include "net/http/exchange.hpp"

#include <string_view>

namespace net {

/// Counts a client that may not come in now, and says why, as a clause.
http_reply turned_away(actors::counter& counted, std::string_view why);

/// Counts and answers a client of the public addresses that may not stay.
http_reply no_place(admission::refusal why, actors::lane_metrics& metrics);

} // namespace net
