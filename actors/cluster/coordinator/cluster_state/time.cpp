// The part of cluster_state in which time passes.
#include "actors/cluster/coordinator/cluster_state/cluster_state.hpp"

#include <algorithm>

namespace actors {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

cluster_effects cluster_state::tick(time_point now) {
  cluster_effects out;
  if (leads())
    forgive_own_pause(now, out);
  ticked_ = now;
  if (settling()) {
    if (now - settling_since_ >= rules_.settle)
      end_settling(now, out);
  } else if (leads()) {
    if (bury_the_dead(now, out))
      make_view(now, out);
    else
      plan_what_is_due(now, out);
  }
  return out;
}

void cluster_state::forgive_own_pause(time_point now, cluster_effects& out) {
  // Whoever was not looking can't tell that others were silent.
  const auto pause = now - ticked_ - rules_.tick_interval();
  if (pause <= rules_.failure_timeout / 2)
    return;
  for (auto& [name, heard] : heard_)
    heard = std::min(now, heard + pause);
  out.notes.push_back(
      "the coordinator was held up for "
      + std::to_string(duration_cast<milliseconds>(pause).count())
      + " ms and gives the other nodes that time");
}

bool cluster_state::is_gone(const std::string& node) const {
  const auto i = gone_.find(node);
  return i != gone_.end()
         && i->second == members_.by_name.at(node).incarnation();
}

bool cluster_state::bury_the_dead(time_point now, cluster_effects& out) {
  const auto dead = [&](const auto& entry) {
    const auto& node = entry.first;
    const auto silence = now - heard_.at(node);
    const bool gone = is_gone(node);
    if (!gone && silence <= rules_.failure_timeout)
      return false;
    const auto ms = duration_cast<milliseconds>(silence).count();
    out.warnings.push_back(
        node + " is dead: "
        + (gone ? "its process has ended"
                : "nothing was heard of it for " + std::to_string(ms) + " ms"));
    heard_.erase(node);
    return true;
  };
  return std::erase_if(members_.by_name, dead) > 0;
}

/// Copies that may be made by now, shards that have waited long enough.
void cluster_state::plan_what_is_due(time_point now, cluster_effects& out) {
  if (rules_.replicas == 0)
    return;
  auto next = shards_;
  std::vector<std::string> warnings;
  if (!next.plan(members_, number_ + 1, now, warnings))
    return;
  ++number_;
  shards_ = std::move(next);
  out.warnings.insert(out.warnings.end(), warnings.begin(), warnings.end());
  write_view();
  out.new_view = true;
}

// -- settling -----------------------------------------------------------------

void cluster_state::end_settling(time_point now, cluster_effects& out) {
  role_ = role::leading;
  if (base_.number() > 0)
    adopt_base(now, out);
  bury_the_dead(now, out);
  if (!members_.by_name.empty())
    make_view(now, out);
}

void cluster_state::adopt_base(time_point now, cluster_effects& out) {
  number_ = base_.number();
  out.notes.push_back("the cluster goes on from view "
                      + std::to_string(number_));
  members_.drained = {base_.drained().begin(), base_.drained().end()};
  for (const auto& m : base_.members()) {
    const auto known = members_.by_name.find(m.node());
    if (known
        == members_.by_name.end()) { // maybe it only takes longer to come back
      members_.by_name.emplace(m.node(), m);
      heard_[m.node()] = leads_since_;
    } else if (known->second.incarnation() == m.incarnation() && m.leaving()) {
      known->second.set_leaving(true);
    }
  }
  shards_.adopt(base_, now);
}

} // namespace actors
