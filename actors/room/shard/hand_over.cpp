#include "actors/room/shard/hand_over.hpp"

namespace actors {

hand_over::hand_over(std::uint32_t shard, room_source rooms,
                     std::size_t part_bytes)
    : shard_(shard), rooms_(rooms.names(), rooms), part_bytes_(part_bytes) {}

void hand_over::set_tail(roost::link::Replicate tail) {
  fill();
  *part_.mutable_tail() = std::move(tail);
}

void hand_over::fill() {
  if (filled_)
    return;
  filled_ = true;
  part_.Clear();
  rooms_.take(part_bytes_, *part_.mutable_rooms());
  part_.set_last(rooms_.done());
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
