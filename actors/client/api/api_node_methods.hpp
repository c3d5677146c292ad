#pragma once

#include "actors/client/api/api_method.hpp"

namespace actors {

/// The methods that every node of the cluster answers.
api_method_table api_node_methods();

/// Whether a client can be disconnected with this: 0 and nothing for the
/// default, else a code from 3000 to 4999 and a reason that fits.
bool valid_disconnect(std::uint32_t code, const std::string& reason);

} // namespace actors
