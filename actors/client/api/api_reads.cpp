#include "actors/client/api/api_reads.hpp"

#include <algorithm>
#include <utility>

namespace actors {

api_reads::api_reads(lane_actor& self, const client_services& services)
    : self_(self), per_second_(services.config->api.read_bytes_per_second),
      bucket_(*services.api_reading), timer_(self, [this] { go_on(); }) {}

void api_reads::begin(time_point since, on_turn turn) {
  waiting_.emplace(since, std::move(turn));
  go_on();
}

void api_reads::end(std::uint64_t cost) {
  --under_way_;
  bucket_.take(per_second_, self_.home_lane().now(), cost);
  go_on();
}

bool api_reads::first_may_go(time_point now) const {
  return under_way_ < max_under_way
         && bucket_.wait(per_second_, now).count() == 0;
}

void api_reads::go_on() {
  // A turn may end within its call, and the next begins here then.
  if (std::exchange(going_on_, true))
    return;
  const auto now = self_.home_lane().now();
  while (!waiting_.empty()) {
    const auto first = waiting_.begin();
    const auto may = first_may_go(now);
    if (!may && now - first->first <= max_read_wait)
      break;
    under_way_ += may ? 1 : 0;
    const auto turn = std::move(first->second);
    waiting_.erase(first);
    turn(may);
  }
  going_on_ = false;
  await_next(now);
}

void api_reads::await_next(time_point now) {
  if (waiting_.empty())
    return timer_.cancel();
  auto due =
      waiting_.begin()->first + max_read_wait + std::chrono::milliseconds{1};
  if (under_way_ < max_under_way) // else the end of one of them goes on
    due = std::min(due, now + bucket_.wait(per_second_, now));
  timer_.expires_at(due);
}

} // namespace actors
