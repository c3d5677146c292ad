#include "actors/client/connection/ping_rhythm.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace actors {

std::chrono::milliseconds ping_rhythm::first(milliseconds interval) {
  thread_local std::minstd_rand random{std::random_device{}()};
  std::uniform_int_distribution<milliseconds::rep> spread{
      interval.count() / 2,
      std::max(interval.count() / 2, interval.count() - 1)};
  return milliseconds{spread(random)};
}

ping_rhythm::step ping_rhythm::next(milliseconds interval,
                                    milliseconds patience, bool excuse) {
  const bool answers = patience.count() > 0;
  if (answers && awaits_pong_)
    return {excuse ? move::wait : move::give_up, patience};
  // The pong was in time; the rest of the interval follows.
  if (answers && std::exchange(pinged_, false))
    return {move::wait, interval - patience};
  awaits_pong_ = true;
  pinged_ = answers;
  return {move::ping, answers ? patience : interval};
}

bool ping_rhythm::on_pong() {
  return std::exchange(awaits_pong_, false);
}

} // namespace actors
