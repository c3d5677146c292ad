#pragma once

#include "actors/client/api/api_method.hpp"

namespace actors {

/// The methods that one room answers, and broadcast.
api_method_table api_room_methods();

} // namespace actors
