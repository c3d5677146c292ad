#pragma once

#include "actors/room/audience/subscriber.hpp"
#include "proto/api.pb.h"
#include "proto/link.pb.h"

#include <chrono>
#include <cstdint>

// What an answer counts for in `client.read_bytes_per_second` and
// `api.read_bytes_per_second`: its bytes, and what it takes to put each of its
// parts together.

namespace actors {

/// A command that waits longer for its share of reading is refused.
inline constexpr std::chrono::seconds max_read_wait{4};

std::uint64_t read_cost(const roost::link::RoomReply& answer);

/// The same of what a backend is answered.
std::uint64_t read_cost(const roost::api::Reply& answer);

/// The same of what a subscriber has missed.
std::uint64_t read_cost(const subscribe_outcome& outcome);

} // namespace actors
