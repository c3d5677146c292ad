#include "tests/raft/storage_script.hpp"

namespace actors {

void storage_script::plan() {
  before_ = disk_->state;
  write_ = choose();
  memory_storage model(disk_);
  write_(model);
}

std::function<void(raft_storage&)> storage_script::choose() {
  if (!disk_->state)
    return [](raft_storage& x) {
      x.create("a", raft_group({"a", "b", "c"}),
               {1, entry_type::configuration, "a, b, c"});
    };
  const auto& state = *disk_->state;
  const auto end = state.first_index + state.entries.size();
  const auto decided = state.snapshot ? state.snapshot->index : 1;
  const auto kind = below(10);
  if (kind == 0)
    return [term = state.term + 1 + below(3)](raft_storage& x) {
      x.set_term(term);
    };
  if (kind == 1)
    return [vote = state.voted_for ? state.voted_for
                                   : random_()](raft_storage& x) {
      x.set_vote(vote);
    };
  if (kind == 2 && end > decided + 1)
    return [index = decided + 1 + below(end - decided - 1)](raft_storage& x) {
      x.truncate(index);
    };
  if (kind == 3 && end > decided + 5) {
    const auto index = decided + 1 + below(end - decided - 1);
    const auto keep = index > 3 ? index - 3 : 0;
    const stored_snapshot out{index,
                              state.entries[index - state.first_index].term, 1,
                              std::string(below(20'000), 's')};
    return [=](raft_storage& x) {
      x.put_snapshot(out, keep);
    };
  }
  if (kind == 4 && below(4) == 0) {
    const stored_snapshot out{end + below(10), state.term, 1,
                              std::string(below(20'000), 'i')};
    return [=](raft_storage& x) {
      x.install_snapshot(out);
    };
  }
  std::vector<stored_entry> entries(1 + below(4));
  for (auto& x : entries)
    x = {state.term, below(5) ? entry_type::command : entry_type::barrier,
         std::string(below(3000), static_cast<char>('a' + below(26)))};
  return [=](raft_storage& x) {
    x.append(end, std::vector<entry_view>(entries.begin(), entries.end()));
  };
}

} // namespace actors
