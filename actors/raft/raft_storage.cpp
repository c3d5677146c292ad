#include "actors/raft/raft_storage.hpp"

namespace actors {

void check_stored_state(const stored_state& state, const std::string& where) {
  auto refuse = [&](const std::string& why) {
    throw storage_error(where + " is damaged: " + why);
  };
  if (state.term == 0)
    refuse("it has no term");
  if (state.first_index == 0)
    refuse("its log begins at 0");
  std::uint64_t term = 1;
  if (const auto& snapshot = state.snapshot) {
    if (snapshot->index == 0 || snapshot->term == 0
        || snapshot->term > state.term)
      refuse("its snapshot has no place in its log");
    if (state.first_index > snapshot->index + 1)
      refuse("entries are missing after its snapshot");
    if (state.first_index == snapshot->index + 1)
      term = snapshot->term;
    else if (state.first_index + state.entries.size() <= snapshot->index)
      refuse("its log ends before its snapshot");
    else if (state.entries[snapshot->index - state.first_index].term
             != snapshot->term)
      refuse("its snapshot does not belong to its log");
  } else if (state.first_index != 1 || state.entries.empty()
             || state.entries.front().type != entry_type::configuration) {
    refuse("the beginning of its log is missing");
  }
  auto index = state.first_index;
  for (const auto& entry : state.entries) {
    if (entry.term < term || entry.term > state.term)
      refuse("entry " + std::to_string(index) + " has the wrong term");
    if (entry.type == entry_type::configuration && index != 1)
      refuse("entry " + std::to_string(index) + " changes the group");
    term = entry.term;
    ++index;
  }
}

} // namespace actors
