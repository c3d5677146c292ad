#include "actors/raft/raft_group.hpp"

#include "actors/raft/raft_c.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

namespace actors {

raft_group::raft_group(std::vector<std::string> names) {
  if (names.empty())
    throw std::invalid_argument("a coordinator group needs a member");
  std::sort(names.begin(), names.end());
  std::set<std::uint64_t> ids;
  std::string all;
  for (auto& name : names) {
    if (name.empty()
        || std::any_of(name.begin(), name.end(),
                       [](unsigned char c) { return c < ' '; }))
      throw std::invalid_argument(
          "a coordinator needs a name without control characters");
    if (!members_.empty() && members_.back().name == name)
      throw std::invalid_argument("the coordinator " + name
                                  + " is named twice");
    const std::uint64_t id = raft_digest(name.c_str(), 0);
    if (id == 0 || !ids.insert(id).second)
      throw std::invalid_argument("the coordinator " + name
                                  + " needs another name: its number is taken");
    all += name;
    all += '\n';
    members_.push_back({id, std::move(name)});
  }
  digest_ = raft_digest(all.c_str(), members_.size());
}

const raft_member* raft_group::find(std::uint64_t id) const {
  for (const auto& m : members_)
    if (m.id == id)
      return &m;
  return nullptr;
}

const raft_member* raft_group::find(const std::string& name) const {
  for (const auto& m : members_)
    if (m.name == name)
      return &m;
  return nullptr;
}

std::string raft_group::text() const {
  std::string out;
  for (const auto& m : members_) {
    if (!out.empty())
      out += ", ";
    out += m.name;
  }
  return out;
}

} // namespace actors
