#pragma once

#include <cstddef>
#include <string>

namespace actors {

/// Bytes of such an id.
inline constexpr std::size_t client_id_bytes = 36;

/// A new id for a client: a random UUID (version 4) as text.
std::string make_client_id();

} // namespace actors
