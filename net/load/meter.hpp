#pragma once

#include "net/load/histogram.hpp"
#include "net/load/payload.hpp"
#include "net/load/sequence.hpp"

#include <cstdint>
#include <limits>

namespace net::load {

/// Counts deliveries. Latency is taken of those whose stamp lies within a
/// window, so that what was published before does not count.
class meter {
public:
  /// Starts anew with stamps from `begin` to before `end`.
  void open_window(std::uint64_t begin, std::uint64_t end) {
    begin_ = begin;
    end_ = end;
    in_window_ = 0;
    latency_.clear();
  }

  /// A payload came at `now`.
  void record(const stamp& x, std::uint64_t now) {
    ++deliveries_;
    if (x.time < begin_ || x.time >= end_)
      return;
    ++in_window_;
    latency_.record(now > x.time ? now - x.time : 0);
  }

  /// So much was read from a socket.
  void record_bytes(std::size_t size) { bytes_ += size; }

  /// A payload came where it was not subscribed to.
  void record_stray() { ++strays_; }

  std::uint64_t deliveries() const { return deliveries_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t in_window() const { return in_window_; }
  std::uint64_t strays() const { return strays_; }
  const histogram& latency() const { return latency_; }

  sequence_counts order;

private:
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t deliveries_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t in_window_ = 0;
  std::uint64_t strays_ = 0;
  histogram latency_;
};

} // namespace net::load
