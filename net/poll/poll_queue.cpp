#include "net/poll/poll_queue.hpp"

#include <iterator>

namespace net {

void poll_queue::push(const proto::frame_ptr& frame) {
  frames_.push_back(frame);
  waiting_bytes_ += frame->payload().size();
}

poll_order poll_queue::ask(std::uint32_t number) {
  const auto order = order_of(number, last_);
  if (order != poll_order::next)
    return order;
  if (gave_all())
    frames_ = {};
  else
    frames_.erase(
        frames_.begin(),
        std::next(frames_.begin(), static_cast<std::ptrdiff_t>(kept_)));
  kept_ = 0;
  kept_bytes_ = 0;
  return order;
}

poll_queue::answer poll_queue::give() {
  if (kept_ == 0) {
    ++last_;
    do {
      const auto size = frames_[kept_++]->payload().size();
      waiting_bytes_ -= size;
      kept_bytes_ += size;
    } while (kept_ < frames_.size()
             && kept_bytes_ + frames_[kept_]->payload().size() <= max_answer);
  }
  return {last_, {frames_.data(), kept_}};
}

void poll_queue::drop_waiting() {
  frames_.resize(kept_);
  waiting_bytes_ = 0;
}

void poll_queue::clear() {
  drop_waiting();
  frames_ = {};
  kept_ = 0;
  kept_bytes_ = 0;
}

} // namespace net
