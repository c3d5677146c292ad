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
    disk_->create(self, group, first);
  });
}

void memory_storage::set_term(std::uint64_t term) {
  write([&] {
    expect(term > disk_->state->term, "a term goes back");
    disk_->set_term(term);
  });
}

void memory_storage::set_vote(std::uint64_t voted_for) {
  write([&] {
    const auto vote = disk_->state->voted_for;
    expect(vote == 0 || vote == voted_for, "a vote changes");
    disk_->set_vote(voted_for);
  });
}

void memory_storage::append(std::uint64_t first_index,
                            std::span<const entry_view> entries) {
  write([&] {
    const auto& state = *disk_->state;
    expect(first_index == state.first_index + state.entries.size(),
           "a log gets a gap");
    disk_->append(first_index, entries);
  });
}

void memory_storage::truncate(std::uint64_t index) {
  write([&] {
    const auto& state = *disk_->state;
    expect(index >= state.first_index
               && index < state.first_index + state.entries.size(),
           "what is not there is cut");
    expect(!state.snapshot || index > state.snapshot->index,
           "what is decided is cut");
    disk_->truncate(index);
  });
}

void memory_storage::put_snapshot(const stored_snapshot& snapshot,
                                  std::uint64_t keep_after) {
  write([&] {
    const auto& state = *disk_->state;
    expect(!state.snapshot || snapshot.index > state.snapshot->index,
           "a snapshot goes back");
    disk_->put_snapshot(snapshot, keep_after);
  });
}

void memory_storage::install_snapshot(const stored_snapshot& snapshot) {
  write([&] {
    const auto& state = *disk_->state;
    expect(!state.snapshot || snapshot.index > state.snapshot->index,
           "a snapshot goes back");
    disk_->install_snapshot(snapshot);
  });
}

std::optional<stored_snapshot> memory_storage::load_snapshot() {
  return disk_->load_snapshot();
}

} // namespace actors
