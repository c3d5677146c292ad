#pragma once

#include "proto/raft.pb.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace actors {

/// Terms and indexes beyond this are refused: nothing overflows below it.
constexpr std::uint64_t max_raft_number = std::uint64_t{1} << 62;

/// What a frame may hold.
struct raft_limits {
  std::size_t frame_bytes = 0;
  std::size_t entries = 0;
};

/// Reads a frame from bytes that anybody may have written. None when it does
/// not parse, passes a limit, or says what no member of a group could say:
/// what it holds afterwards cannot lead the library out of its bounds.
std::optional<roost::raft::RaftFrame> parse_raft_frame(std::string_view bytes,
                                                       const raft_limits& x);

} // namespace actors
