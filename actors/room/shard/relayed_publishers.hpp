#pragma once

#include "actors/lane/lane.hpp"
#include "actors/room/room.hpp"

#include <cstdint>
#include <deque>

namespace actors {

/// Publishers of a home that was replaced, whose publications were in flight.
/// The hand-over that takes these to the next home answers them once it is
/// accepted: by then they are committed. Nothing else can, so where there is no
/// such hand-over, or it fails, they wait in vain.
class relayed_publishers {
public:
  using time_point = lane::clock::time_point;

  /// For publications that no hand-over takes along.
  static constexpr std::uint64_t none = 0;

  /// `publishers` have answers and wait until `deadline` for `hand_over`, which
  /// is higher than those before.
  void add(std::uint64_t hand_over, time_point deadline,
           room::waiting_list publishers);

  /// What `hand_over` took along is committed: answers its publishers.
  void committed(std::uint64_t hand_over);

  /// Takes those whose time has come.
  room::waiting_list take_due(time_point now);

  /// Takes all, in order.
  room::waiting_list take_all() { return take_due(time_point::max()); }

  /// The first deadline; max when nobody waits.
  time_point next() const;

private:
  struct group {
    std::uint64_t hand_over;
    time_point deadline;
    room::waiting_list publishers;
  };

  std::deque<group> groups_; // those that came together, in order
};

} // namespace actors
