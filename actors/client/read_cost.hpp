#pragma once

#include "actors/room/audience/subscriber.hpp"
#include "proto/link.pb.h"

#include <cstdint>

// What an answer of a room counts for in `client.read_bytes_per_second`: its
// bytes, and what it takes to put each of its parts together.

namespace actors {

std::uint64_t read_cost(const roost::link::RoomReply& answer);

/// The same of what a subscriber has missed.
std::uint64_t read_cost(const subscribe_outcome& outcome);

} // namespace actors
