#include "actors/room/hand_over.hpp"

namespace actors {

hand_over::hand_over(std::uint32_t shard, std::vector<std::string> rooms,
                     reader read, std::size_t part_bytes)
    : shard_(shard), rooms_(std::move(rooms)), read_(std::move(read)),
      part_bytes_(part_bytes) {}

void hand_over::fill() {
  if (filled_)
    return;
  filled_ = true;
  part_.Clear();
  std::size_t bytes = 0;
  while (bytes < part_bytes_) {
    while (pieces_.empty() && !rooms_.empty()) {
      read_(rooms_.back(), part_bytes_, pieces_);
      rooms_.pop_back();
    }
    if (pieces_.empty())
      break;
    bytes += pieces_.front().ByteSizeLong();
    part_.add_rooms()->Swap(&pieces_.front());
    pieces_.pop_front();
  }
  part_.set_last(pieces_.empty() && rooms_.empty());
}

std::shared_ptr<roost::link::ShardRequest> hand_over::part(std::uint64_t view) {
  fill();
  auto request = std::make_shared<roost::link::ShardRequest>();
  request->set_shard(shard_);
  *request->mutable_hand_over() = part_;
  request->mutable_hand_over()->set_view(view);
  return request;
}

bool hand_over::at_last() {
  fill();
  return part_.last();
}

void hand_over::taken() {
  filled_ = false;
}

} // namespace actors
