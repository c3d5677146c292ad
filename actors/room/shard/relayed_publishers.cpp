#include "actors/room/shard/relayed_publishers.hpp"

#include <utility>

namespace actors {

void relayed_publishers::add(std::uint64_t hand_over, time_point deadline,
                             room::waiting_list publishers) {
  if (!publishers.empty())
    groups_.push_back({hand_over, deadline, std::move(publishers)});
}

void relayed_publishers::committed(std::uint64_t hand_over) {
  std::erase_if(groups_, [hand_over](group& x) {
    if (x.hand_over != hand_over)
      return false;
    for (auto& publisher : x.publishers)
      publisher.promise.deliver(std::move(publisher.reply));
    return true;
  });
}

room::waiting_list relayed_publishers::take_due(time_point now) {
  room::waiting_list result;
  while (!groups_.empty() && groups_.front().deadline <= now) {
    result.splice(result.end(), groups_.front().publishers);
    groups_.pop_front();
  }
  return result;
}

relayed_publishers::time_point relayed_publishers::next() const {
  return groups_.empty() ? time_point::max() : groups_.front().deadline;
}

} // namespace actors
