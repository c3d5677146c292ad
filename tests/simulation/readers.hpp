#pragma once

#include "tests/simulation/cluster.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace simulation {

/// Reads histories by way of any node and holds them against the truth.
class reader {
public:
  reader(cluster& world, chance& random, trace& log, truth& checks)
      : world_(world), chance_(random), trace_(log), truth_(checks) {}

  /// To be called after each step: now and then reads something.
  void act();

  void stop() { stopped_ = true; }

  /// Reads all rooms by way of each node. They must have all that was
  /// acknowledged in their epochs, and be in the same epochs as all the time
  /// where nothing can get lost.
  void read_all();

  /// Whether all of `read_all` was answered.
  bool done() const { return waiting_ == 0; }

  /// The end of a room, as read last.
  const place& top(const std::string& room) { return tops_[room]; }

  std::uint64_t reads() const { return reads_; }

private:
  void read(std::size_t node, const std::string& room, bool must_be_whole);
  void take(std::size_t node, const std::string& room,
            const roost::link::HistoryResult& history, bool must_be_whole);

  cluster& world_;
  chance& chance_;
  trace& trace_;
  truth& truth_;
  bool stopped_ = false;
  std::size_t waiting_ = 0;
  std::map<std::string, place> tops_;
  std::uint64_t reads_ = 0;
};

} // namespace simulation
