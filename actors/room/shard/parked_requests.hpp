#pragma once

#include "actors/lane/deadline_queue.hpp"

#include <caf/response_promise.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace actors {

/// A request that is to be answered, maybe after it has waited.
template <class Request>
struct waiting_request {
  std::shared_ptr<Request> request;
  caf::response_promise promise;
  /// Once it has waited: until when it may.
  std::optional<lane::clock::time_point> deadline{};
};

/// Requests that wait at a shard until it knows more. Bounded, each with a
/// deadline from when it first waited, so that one that waits again and again
/// is answered in time all the same.
template <class Request>
class parked_requests {
public:
  using entry = waiting_request<Request>;
  using time_point = lane::clock::time_point;

  /// Parks `x`; `deadline` counts if it has not waited before. False, and
  /// nothing happens, when it has not and `max` wait already.
  bool add(entry& x, std::size_t max, time_point deadline) {
    if (!x.deadline) {
      if (entries_.size() >= max)
        return false;
      x.deadline = deadline;
    }
    const auto at = *x.deadline;
    entries_.add(at, std::move(x));
    return true;
  }

  /// Takes all, in order.
  std::vector<entry> take_all() { return take_due(time_point::max()); }

  /// Takes those whose time has come.
  std::vector<entry> take_due(time_point now) {
    std::vector<entry> result;
    while (auto x = entries_.take_due(now))
      result.push_back(std::move(*x));
    return result;
  }

  /// The first deadline; max when nothing waits.
  time_point next() const { return entries_.next(); }

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }

private:
  deadline_queue<entry> entries_;
};

} // namespace actors
