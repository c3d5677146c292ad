#pragma once

#include "tests/raft/memory_storage.hpp"

#include <cstdint>
#include <memory>
#include <random>

namespace actors {

/// A series of writes as a member makes them, the same for the same seed. Each
/// step is one write, done to a storage and to a model of what it must hold.
class storage_script {
public:
  explicit storage_script(std::uint64_t seed) : random_(seed) {}

  /// Plans the next write and does it to the model.
  void plan();

  /// Does the planned write.
  void run(raft_storage& storage) { write_(storage); }

  /// What a storage holds before the planned write, and after it.
  const std::optional<stored_state>& before() const { return before_; }
  const std::optional<stored_state>& after() const { return disk_->state; }

private:
  std::function<void(raft_storage&)> choose();
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  std::mt19937_64 random_;
  std::shared_ptr<memory_disk> disk_ = std::make_shared<memory_disk>();
  std::optional<stored_state> before_;
  std::function<void(raft_storage&)> write_;
};

} // namespace actors
