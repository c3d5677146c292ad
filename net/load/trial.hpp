#pragma once

#include "net/load/fleet.hpp"
#include "net/load/histogram.hpp"
#include "net/load/loop.hpp"
#include "net/load/sequence.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace net::load {

class report;

/// Who publishes to whom.
struct publishing {
  publishing(std::size_t payload_size, payload_kind kind)
      : payload(payload_size, kind) {}

  struct publisher {
    publication_way* way = nullptr;
    std::uint64_t next_number = 0;
    bool to_flush = false;
  };

  std::vector<publisher> publishers; ///< The index is the stamp's source.
  std::size_t receivers = 0;         ///< Of each publication.
  payload_writer payload;
};

/// What one rate did.
struct trial_result {
  double rate = 0;             ///< Publications a second that were due.
  double delivery_rate = 0;    ///< Deliveries a second that came.
  std::uint64_t published = 0; ///< In the window, as the next three.
  std::uint64_t unsent = 0;    ///< Of these: the server did not take them.
  std::uint64_t expected = 0;
  std::uint64_t delivered = 0;
  std::size_t lost_connections = 0;
  std::string first_loss;
  sequence_counts order;
  std::uint64_t strays = 0;
  histogram latency;
  double seconds = 0; ///< The window.
  double server_cpu_seconds = 0;
  double own_cpu_seconds = 0;
  std::uint64_t window_deliveries = 0; ///< That came within the window.
  std::uint64_t window_bytes = 0;      ///< That all sockets got in it.

  double loss() const;
  bool good(const settings& limits) const;
};

/// Publishes at `rate` for warm-up and window, then waits for what is under
/// way. A publication's time is when it was due, so a server or a generator
/// that falls behind shows in the latency.
trial_result run_trial(loop& events, fleet& clients, publishing& to,
                       double rate, const settings& with);

/// Adds what a trial found.
void add_trial(report& out, const trial_result& result, const settings& with);

} // namespace net::load
