#pragma once

#include "actors/raft/raft_storage.hpp"

namespace actors {

/// A memory that ends with the process. A member that was started again has
/// forgotten its votes and its log, so a group with such members may forget
/// what it decided when some of them were started again: who uses it must find
/// that out from elsewhere.
class volatile_storage : public raft_storage {
public:
  std::string name() const override { return "the memory"; }
  std::optional<stored_state> load() override { return state; }
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

protected:
  std::optional<stored_state> state; ///< None before `create`.
};

} // namespace actors
