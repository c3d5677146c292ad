#include "actors/room/room_pieces.hpp"

namespace actors {

bool room_pieces::take(std::size_t max_bytes, snapshots& out) {
  const bool fresh = pieces_.empty();
  std::size_t bytes = 0;
  while (bytes < max_bytes) {
    while (fresh && pieces_.empty() && !names_.empty()) {
      source_.read(names_.back(), max_bytes, pieces_);
      names_.pop_back();
    }
    if (pieces_.empty())
      break;
    bytes += pieces_.front().ByteSizeLong();
    out.Add()->Swap(&pieces_.front());
    pieces_.pop_front();
  }
  return fresh;
}

} // namespace actors
