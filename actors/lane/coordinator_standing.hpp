#pragma once

#include <atomic>
#include <cstdint>

namespace actors {

/// What a node's coordinator says of itself, for whoever asks. Written by the
/// coordinator alone, read by any thread; the two may be of different moments.
struct coordinator_standing {
  std::atomic<bool> leads{false};     ///< It decides on views.
  std::atomic<std::uint64_t> term{0}; ///< The newest election it knows of.
};

} // namespace actors
