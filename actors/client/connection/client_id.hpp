#pragma once

#include <string>

namespace actors {

/// A new id for a client: a random UUID (version 4) as text.
std::string make_client_id();

} // namespace actors
