#include "actors/client/connection/command_queue.hpp"

#include "actors/client/read_cost.hpp"

#include <algorithm>
#include <utility>

namespace actors {

void command_queue::answered(std::string_view room) {
  if (awaited_ == room)
    awaited_.clear();
}

void command_queue::take(time_point now) {
  rate_.take(config_.client.commands_per_second, now);
}

std::chrono::milliseconds command_queue::pace(time_point now) {
  return rate_.wait(config_.client.commands_per_second, now);
}

command_queue::standing command_queue::next(time_point now,
                                            std::size_t unread) {
  if (held_ || checked_token_ || !awaited_.empty()
      || in_flight_ >= max_in_flight)
    return standing::waits;
  if (unread >= low_mark())
    return standing::crowded;
  if (pace(now).count() == 0)
    return standing::ready;
  held_back_since_ = std::min(held_back_since_, now);
  return now - held_back_since_ > max_held_back ? standing::too_fast
                                                : standing::paced;
}

command_queue::standing command_queue::next_read(time_point now,
                                                 std::size_t unread) {
  if (!has_room_for(config_.client.page_bytes(), unread))
    return standing::crowded;
  const auto pace = reading_.wait(config_.client.read_bytes_per_second, now);
  if (pace.count() == 0) {
    unread_since_ = time_point::max();
    return standing::ready;
  }
  unread_since_ = std::min(unread_since_, now);
  return now - unread_since_ > max_read_wait ? standing::too_fast
                                             : standing::paced;
}

void command_queue::end_read(std::uint64_t cost, time_point now) {
  --reads_;
  reading_.take(config_.client.read_bytes_per_second, now, cost);
}

// Half of the queue is for what others push meanwhile.
std::size_t command_queue::low_mark(std::size_t bytes) const {
  const auto most = config_.client.queue_max_size / 2;
  return most > bytes ? most - bytes : 1;
}

bool command_queue::has_room_for(std::size_t bytes, std::size_t unread) const {
  return unread + reads_ * config_.client.page_bytes() < low_mark(bytes);
}

std::chrono::milliseconds command_queue::read_pace(time_point now) {
  using std::chrono::milliseconds;
  const auto pace = reading_.wait(config_.client.read_bytes_per_second, now);
  if (unread_since_ == time_point::max())
    return pace;
  const auto patience = unread_since_ + max_read_wait - now;
  return std::min(pace,
                  std::chrono::floor<milliseconds>(patience) + milliseconds{1});
}

bool command_queue::keep(std::string_view bytes, client_link& link) {
  stop_reading(link);
  if (waiting_bytes_ + bytes.size() > 2 * config_.websocket.message_size_limit
      || waiting_.size() >= max_waiting)
    return false;
  waiting_bytes_ += bytes.size();
  waiting_.emplace_back(bytes);
  return true;
}

void command_queue::put_back(message x, client_link& link) {
  stop_reading(link);
  waiting_bytes_ += x.bytes();
  waiting_.insert(waiting_.begin(), std::move(x));
}

command_queue::message command_queue::take_first() {
  auto first = std::move(waiting_.front());
  waiting_.erase(waiting_.begin());
  waiting_bytes_ -= first.bytes();
  return first;
}

void command_queue::stop_reading(client_link& link) {
  if (!std::exchange(paused_, true))
    link.pause_reading();
}

void command_queue::catch_up() {
  waiting_ = {};
  waiting_bytes_ = 0;
  held_back_since_ = time_point::max();
}

void command_queue::resume(client_link& link) {
  if (std::exchange(paused_, false))
    link.resume_reading();
}

} // namespace actors
