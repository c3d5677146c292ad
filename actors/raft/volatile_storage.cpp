#include "actors/raft/volatile_storage.hpp"

#include <algorithm>

namespace actors {

void volatile_storage::create(const std::string& self, const raft_group& group,
                              const stored_entry& first) {
  auto& is = state.emplace();
  is.self = self;
  for (const auto& m : group.members())
    is.members.push_back(m.name);
  is.term = 1;
  is.entries = {first};
}

void volatile_storage::set_term(std::uint64_t term) {
  state->term = term;
  state->voted_for = 0;
}

void volatile_storage::set_vote(std::uint64_t voted_for) {
  state->voted_for = voted_for;
}

void volatile_storage::append(std::uint64_t,
                              std::span<const entry_view> entries) {
  for (const auto& x : entries)
    state->entries.push_back({x.term, x.type, std::string(x.data)});
}

void volatile_storage::truncate(std::uint64_t index) {
  state->entries.resize(index - state->first_index);
}

void volatile_storage::put_snapshot(const stored_snapshot& snapshot,
                                    std::uint64_t keep_after) {
  state->snapshot = snapshot;
  if (keep_after < state->first_index)
    return;
  auto& entries = state->entries;
  const auto dropped = std::min<std::uint64_t>(
      keep_after - state->first_index + 1, entries.size());
  entries.erase(entries.begin(),
                entries.begin() + static_cast<std::ptrdiff_t>(dropped));
  state->first_index += dropped;
}

void volatile_storage::install_snapshot(const stored_snapshot& snapshot) {
  state->snapshot = snapshot;
  state->entries.clear();
  state->first_index = snapshot.index + 1;
}

std::optional<stored_snapshot> volatile_storage::load_snapshot() {
  return state->snapshot;
}

} // namespace actors
