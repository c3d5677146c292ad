#pragma once

#include "actors/lane/lane.hpp"

#include <cstddef>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>

namespace actors {

/// What has to be done by when, the first one first. Cheap where deadlines are
/// added in order, as for things with the same patience. What was done
/// meanwhile stays until its time has come, or until `drop_while` finds it.
template <class T>
class deadline_queue {
public:
  using time_point = lane::clock::time_point;

  /// `at` is not before any that was added.
  void add(time_point at, T what) {
    auto i = entries_.end();
    while (i != entries_.begin() && std::prev(i)->at > at)
      --i;
    entries_.insert(i, {at, std::move(what)});
  }

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }

  /// The first deadline; max when there is none, as for lane_timer.
  time_point next() const {
    return empty() ? time_point::max() : entries_.front().at;
  }

  /// Takes out the first whose time has come.
  std::optional<T> take_due(time_point now) {
    if (empty() || entries_.front().at > now)
      return std::nullopt;
    auto what = std::move(entries_.front().what);
    entries_.pop_front();
    return what;
  }

  /// Forgets the first ones as long as `done(what)` holds.
  template <class Done>
  void drop_while(Done done) {
    while (!empty() && done(entries_.front().what))
      entries_.pop_front();
  }

  void clear() { entries_.clear(); }

private:
  struct entry {
    time_point at;
    T what;
  };

  std::deque<entry> entries_;
};

} // namespace actors
