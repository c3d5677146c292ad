// The part of cluster_state that makes views: who gets which shard.
#include "actors/cluster/cluster_state.hpp"
#include "actors/cluster/placement.hpp"

#include <iterator>

namespace actors {

void cluster_state::make_view(cluster_effects& out) {
  ++number_;
  forget_lost_members();
  move_shards();
  for (auto& [name, m] : members_)
    m.fresh = false;
  write_view();
  out.new_view = true;
}

void cluster_state::forget_lost_members() {
  for (auto& s : shards_) {
    const auto home = members_.find(s.home);
    if (home == members_.end())
      s.home.clear();
    else if (home->second.fresh) // what its earlier life took is gone
      s.moved_in = number_;
    // A donor that died, or started anew, has nothing left to hand over.
    const auto donor = members_.find(s.donor);
    if (donor == members_.end() || donor->second.fresh)
      s.donor.clear();
  }
}

void cluster_state::move_shards() {
  std::vector<placement_member> members;
  std::vector<const std::string*> names;
  std::map<std::string, std::int32_t> positions;
  for (const auto& [name, m] : members_) {
    positions.emplace(name, static_cast<std::int32_t>(members.size()));
    members.push_back({m.is.weight(), m.is.leaving()});
    names.push_back(&name);
  }
  const auto position = [&](const std::string& name) {
    const auto i = positions.find(name);
    return i == positions.end() ? no_member : i->second;
  };
  std::vector<placement_shard> old;
  old.reserve(shards_.size());
  for (const auto& s : shards_)
    old.push_back({position(s.home), !s.donor.empty(), position(s.donor)});

  const auto homes = place(old, members);
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    if (homes[i] == old[i].home)
      continue;
    auto& s = shards_[i];
    const auto& to = *names[static_cast<std::size_t>(homes[i])];
    // Without a living home the rooms are, if anywhere, still at the donor.
    if (!s.home.empty())
      s.donor = members_.at(s.home).fresh ? std::string{} : s.home;
    s.home = to;
    if (s.donor == s.home)
      s.donor.clear();
    s.moved_in = number_;
  }
}

void cluster_state::write_view() {
  view_.Clear();
  view_.set_number(number_);
  std::map<std::string, std::int32_t> positions;
  for (const auto& [name, m] : members_) {
    positions.emplace(name, view_.members_size());
    *view_.add_members() = m.is;
  }
  for (const auto& s : shards_) {
    const auto i = positions.find(s.home);
    view_.add_homes(i == positions.end() ? no_member : i->second);
    view_.add_donors(s.donor);
  }
}

} // namespace actors
