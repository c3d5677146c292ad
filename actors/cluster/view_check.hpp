#pragma once

#include "proto/link.pb.h"

#include <cstdint>
#include <string>

namespace actors {

/// What is wrong with a view for `shards` shards, as the end of a sentence that
/// begins with the view: everybody relies on what it checks. Empty for a view
/// that is sound.
std::string what_is_wrong(const roost::link::View& view, std::uint32_t shards);

} // namespace actors
