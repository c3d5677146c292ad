#include "tests/raft/memory_storage.hpp"

#include <stdexcept>

namespace actors {

namespace {

/// The engine breaks the contract of the storage: no fault of a disk.
void expect(bool ok, const char* what) {
  if (!ok)
    throw std::logic_error(what);
}

} // namespace

template <class Write>
void memory_storage::write(Write change) {
  using fault = memory_disk::fault;
  const auto fails = disk_->next_fault ? disk_->next_fault() : fault::none;
  ++disk_->writes;
  if (fails != fault::lost)
    change();
  if (fails != fault::none)
    throw storage_error("the disk fails");
}

void memory_storage::create(const std::string& self, const raft_group& group,
                            const stored_entry& first) {
  write([&] {
    expect(!disk_->state, "created twice");
    auto& state = disk_->state.emplace();
    state.self = self;
    for (const auto& m : group.members())
      state.members.push_back(m.name);
    state.term = 1;
    state.entries = {first};
  });
}

void memory_storage::set_term(std::uint64_t term) {
  write([&] {
    expect(term > disk_->state->term, "a term goes back");
    disk_->state->term = term;
    disk_->state->voted_for = 0;
  });
}

void memory_storage::set_vote(std::uint64_t voted_for) {
  write([&] {
    auto& vote = disk_->state->voted_for;
    expect(vote == 0 || vote == voted_for, "a vote changes");
    vote = voted_for;
  });
}

void memory_storage::append(std::uint64_t first_index,
                            std::span<const entry_view> entries) {
  write([&] {
    auto& state = *disk_->state;
    expect(first_index == state.first_index + state.entries.size(),
           "a log gets a gap");
    for (const auto& x : entries)
      state.entries.push_back({x.term, x.type, std::string(x.data)});
  });
}

void memory_storage::truncate(std::uint64_t index) {
  write([&] {
    auto& state = *disk_->state;
    expect(index >= state.first_index
               && index < state.first_index + state.entries.size(),
           "what is not there is cut");
    expect(!state.snapshot || index > state.snapshot->index,
           "what is decided is cut");
    state.entries.resize(index - state.first_index);
  });
}

void memory_storage::put_snapshot(const stored_snapshot& snapshot,
                                  std::uint64_t keep_after) {
  write([&] {
    auto& state = *disk_->state;
    expect(!state.snapshot || snapshot.index > state.snapshot->index,
           "a snapshot goes back");
    state.snapshot = snapshot;
    while (state.first_index <= keep_after && !state.entries.empty()) {
      state.entries.erase(state.entries.begin());
      ++state.first_index;
    }
  });
}

void memory_storage::install_snapshot(const stored_snapshot& snapshot) {
  write([&] {
    auto& state = *disk_->state;
    expect(!state.snapshot || snapshot.index > state.snapshot->index,
           "a snapshot goes back");
    state.snapshot = snapshot;
    state.entries.clear();
    state.first_index = snapshot.index + 1;
  });
}

std::optional<stored_snapshot> memory_storage::load_snapshot() {
  return disk_->state->snapshot;
}

} // namespace actors
