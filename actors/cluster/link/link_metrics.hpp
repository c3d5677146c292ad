#pragma once

#include "actors/lane/counter.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace actors {

/// What the link to one peer counts. Written on the link's lane alone, read by
/// any thread.
struct link_metrics {
  explicit link_metrics(std::string peer_name) : peer(std::move(peer_name)) {}

  const std::string peer; ///< Name of the node at the other end.
  gauge up;               ///< 1 while there is a working connection.
  counter connections;    ///< How often it came up.
  counter failures;       ///< How often it went down.

  counter frames_sent;
  counter batches_sent;
  counter bytes_sent;
  counter frames_received;
  counter frames_broken; ///< Did not parse; cost only what they were for.
  counter batches_received;
  counter bytes_received;
  counter batches_ignored; ///< Of an earlier connection.

  gauge queued_bytes;       ///< Wait to be sent; see cluster.link_queue_bytes.
  gauge requests_under_way; ///< Sent and not yet answered.
  counter requests_refused; ///< The queue was full, or the link was down.
  counter requests_timed_out;
  counter events_dropped; ///< Room events; their rooms resynchronise.
  counter gaps_sent;      ///< Rooms told to resynchronise.

  /// Of the last ping; 0 before the first answer.
  std::atomic<std::int64_t> round_trip_ns{0};
};

/// Every link of a node, for whoever shows metrics. Thread-safe.
class link_registry {
public:
  using list = std::vector<std::shared_ptr<const link_metrics>>;

  /// Makes the numbers of a new link.
  std::shared_ptr<link_metrics> add(const std::string& peer);

  /// The link has ended.
  void remove(const std::shared_ptr<link_metrics>& x);

  list snapshot() const;

private:
  mutable std::mutex mutex_;
  list links_;
};

} // namespace actors
