#pragma once

#include "actors/raft/volatile_storage.hpp"

#include <functional>
#include <memory>

namespace actors {

/// What outlives a node that is killed.
struct memory_disk : volatile_storage {
  using volatile_storage::state;
  /// Asked before each write: whether it fails, and whether it was done
  /// nevertheless.
  enum class fault { none, lost, done };
  std::function<fault()> next_fault;
  std::size_t writes = 0;
};

/// A storage for nodes of a simulation.
class memory_storage final : public raft_storage {
public:
  explicit memory_storage(std::shared_ptr<memory_disk> disk)
      : disk_(std::move(disk)) {}

  std::string name() const override { return "the disk"; }
  std::optional<stored_state> load() override { return disk_->state; }
  void create(const std::string& self, const raft_group& group,
              const stored_entry& first) override;
  void set_term(std::uint64_t term) override;
  void set_vote(std::uint64_t voted_for) override;
  void append(std::uint64_t first_index,
              std::span<const entry_view> entries) override;
  void truncate(std::uint64_t index) override;
  void put_snapshot(const stored_snapshot& snapshot,
                    std::uint64_t keep_after) override;
  void install_snapshot(const stored_snapshot& snapshot) override;
  std::optional<stored_snapshot> load_snapshot() override;

private:
  template <class Write>
  void write(Write change);

  std::shared_ptr<memory_disk> disk_;
};

} // namespace actors
