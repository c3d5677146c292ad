#pragma once

#include "cluster-config/channel_options.hpp"
#include "cluster-config/node_config.hpp"
#include "tests/simulation/chance.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace simulation {

/// What one seed simulates.
struct plan {
  explicit plan(chance& random);

  std::uint32_t nodes = 3;
  std::uint32_t coordinators = 1;
  bool apart = false;         ///< Coordinators have no shards.
  bool durable = true;        ///< Coordinators remember what they decided.
  std::uint32_t replicas = 1; ///< The most that a namespace wants.
  std::uint32_t shards = 6;
  /// Faults come on top of each other, so that what was acknowledged may get
  /// lost: then only the other invariants hold.
  bool reckless = false;
  std::uint32_t faults = 6;
  /// Otherwise a shard waits for as long as it takes for one who has it.
  bool unclean_takeover = false;

  std::chrono::milliseconds failure_timeout{1'000};
  std::chrono::milliseconds settle{500};
  std::chrono::milliseconds request_timeout{2'000};
  std::chrono::milliseconds hand_over_timeout{2'500};
  std::chrono::milliseconds longest_delay{20};
  std::size_t link_queue_bytes = 1024 * 1024;
  std::size_t page_bytes = 256 * 1024; ///< Of what a follower has missed.
  config::limits_section limits;
  config::channel_section channels;
  std::vector<std::string> rooms;

  bool is_replicated(const std::string& room) const {
    return channels.find(room)->replicas > 0;
  }

  std::uint32_t nodes_with_shards() const {
    return apart ? nodes - coordinators : nodes;
  }

  std::string text() const;
};

} // namespace simulation
