#pragma once

#include "actors/client/client_services.hpp"
#include "actors/client/read_cost.hpp"
#include "actors/lane/lane_timer.hpp"

#include <cstdint>
#include <functional>
#include <map>

namespace actors {

/// The commands of one lane's API that read, and wait for their share of
/// `api.read_bytes_per_second`, which the lanes of a node have together. Who
/// came first is first. What waits is of requests under way, so it has their
/// bound.
class api_reads {
public:
  using time_point = lane::clock::time_point;
  /// `may`: otherwise it has waited for `max_read_wait`.
  using on_turn = std::function<void(bool may)>;

  /// Reads under way; what they cost is known when they end.
  static constexpr std::uint32_t max_under_way = 16;

  /// Both outlive this.
  api_reads(lane_actor& self, const client_services& services);

  /// Whether they have to wait at all.
  bool limited() const { return per_second_ != 0; }

  /// Calls `turn` exactly once, maybe now. Where it may read, `end` follows.
  /// `since`: when its request came.
  void begin(time_point since, on_turn turn);

  /// `cost`: see actors/client/read_cost.hpp.
  void end(std::uint64_t cost);

private:
  void go_on();
  bool first_may_go(time_point now) const;
  void await_next(time_point now);

  lane_actor& self_;
  const std::uint64_t per_second_;
  shared_rate_bucket& bucket_;
  std::multimap<time_point, on_turn> waiting_; // by when their request came
  std::uint32_t under_way_ = 0;
  bool going_on_ = false;
  lane_timer timer_;
};

} // namespace actors
