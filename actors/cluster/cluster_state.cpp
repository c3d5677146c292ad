#include "actors/cluster/cluster_state.hpp"

#include <algorithm>

namespace actors {

using roost::link::Heartbeat;
using roost::link::Join;

cluster_state::cluster_state(cluster_rules rules, time_point now)
    : rules_(rules), start_(now), ticked_(now), shards_(rules.shards) {}

bool cluster_state::linked(const member& x) const {
  const auto i = links_.find(x.is.node());
  return i != links_.end() && i->second == x.is.incarnation();
}

// -- links --------------------------------------------------------------------

cluster_effects cluster_state::link_up(const std::string& node,
                                       const std::string& incarnation,
                                       time_point) {
  links_[node] = incarnation;
  return {};
}

cluster_effects cluster_state::link_down(const std::string& node, time_point) {
  cluster_effects out;
  links_.erase(node);
  if (members_.contains(node))
    out.notes.push_back("the link to " + node
                        + " is down: it is dead unless it is heard again");
  return out;
}

// -- join and leave -----------------------------------------------------------

bool cluster_state::admissible(const Join& x, time_point now,
                               cluster_effects& out) const {
  const auto& node = x.member().node();
  auto refuse = [&](std::string why) {
    out.warnings.push_back(node + " (" + x.member().incarnation()
                           + ") may not join: " + why);
    out.refused.emplace_back(node, std::move(why));
    return false;
  };
  if (x.shards() != rules_.shards)
    return refuse("cluster.shards is " + std::to_string(x.shards())
                  + " there and " + std::to_string(rules_.shards)
                  + " in this cluster");
  const auto known = members_.find(node);
  if (known != members_.end()
      && known->second.is.incarnation() != x.member().incarnation()
      && linked(known->second)
      && now - known->second.heard <= rules_.failure_timeout)
    return refuse("a node named " + node + " is in the cluster and alive ("
                  + known->second.is.incarnation() + " at "
                  + known->second.is.address() + ")");
  return true;
}

cluster_effects cluster_state::join(const Join& x, time_point now) {
  cluster_effects out;
  if (!admissible(x, now, out))
    return out;
  const auto& node = x.member().node();
  if (settling_) {
    if (x.last_view().number() > base_.number()
        && x.last_view().homes_size() == static_cast<int>(rules_.shards))
      base_ = x.last_view();
    auto& entry = members_[node];
    entry.is = x.member();
    entry.heard = now;
    return out;
  }
  const auto last = x.last_view().number();
  const auto known = members_.find(node);
  if (known != members_.end()
      && known->second.is.incarnation() == x.member().incarnation()) {
    rejoin(known->second, x, now, out);
    return out;
  }
  if (known != members_.end())
    out.notes.push_back(node + " was restarted: " + x.member().incarnation()
                        + " takes the place of "
                        + known->second.is.incarnation());
  else
    out.notes.push_back(node + " (" + x.member().incarnation() + " at "
                        + x.member().address() + ") joins");
  members_[node] = member{x.member(), now, true};
  number_ = std::max(number_, last);
  make_view(out);
  return out;
}

void cluster_state::rejoin(member& known, const Join& x, time_point now,
                           cluster_effects& out) {
  known.heard = now;
  const auto last = x.last_view().number();
  auto is = x.member();
  is.set_leaving(is.leaving() || known.is.leaving());
  const bool changed = is.SerializeAsString() != known.is.SerializeAsString();
  known.is = std::move(is);
  if (last > number_ || changed) {
    number_ = std::max(number_, last);
    make_view(out);
  } else {
    out.send_view_to.push_back(x.member().node());
  }
}

cluster_effects cluster_state::leave(const std::string& node, time_point) {
  cluster_effects out;
  if (members_.erase(node) == 0)
    return out;
  out.notes.push_back(node + " leaves");
  if (!settling_) {
    make_view(out);
    out.send_view_to.push_back(node); // it waits for that
  }
  return out;
}

// -- heartbeats ---------------------------------------------------------------

bool cluster_state::take_received(const std::string& node, const Heartbeat& x) {
  bool any = false;
  for (const auto number : x.received()) {
    if (number >= shards_.size())
      continue;
    auto& s = shards_[number];
    if (s.home == node && !s.donor.empty() && x.view() >= s.moved_in) {
      s.donor.clear();
      any = true;
    }
  }
  return any;
}

cluster_effects cluster_state::heartbeat(const std::string& node,
                                         const Heartbeat& x, time_point now) {
  cluster_effects out;
  const auto i = members_.find(node);
  if (i == members_.end()) {
    // It was taken for dead. The view tells it so, and it joins again.
    if (!settling_)
      out.send_view_to.push_back(node);
    return out;
  }
  auto& m = i->second;
  m.heard = now;
  const bool goes = x.leaving() && !m.is.leaving();
  if (goes) {
    m.is.set_leaving(true);
    out.notes.push_back(node + " is leaving and hands its shards over");
  }
  if (settling_)
    return out;
  const bool received = take_received(node, x);
  if (goes || received)
    make_view(out);
  else if (x.view() < number_)
    out.send_view_to.push_back(node);
  return out;
}

// -- time ---------------------------------------------------------------------

cluster_effects cluster_state::tick(time_point now) {
  cluster_effects out;
  forgive_own_pause(now, out);
  ticked_ = now;
  if (settling_) {
    if (now - start_ >= rules_.settle)
      end_settling(now, out);
  } else if (bury_the_dead(now, out)) {
    make_view(out);
  }
  return out;
}

void cluster_state::forgive_own_pause(time_point now, cluster_effects& out) {
  // Whoever was not looking can't tell that others were silent.
  const auto pause = now - ticked_ - rules_.tick_interval();
  if (pause <= rules_.failure_timeout / 2)
    return;
  for (auto& [name, m] : members_)
    m.heard = std::min(now, m.heard + pause);
  out.notes.push_back(
      "the coordinator was held up for "
      + std::to_string(
          std::chrono::duration_cast<std::chrono::milliseconds>(pause).count())
      + " ms and gives the other nodes that time");
}

bool cluster_state::bury_the_dead(time_point now, cluster_effects& out) {
  const auto dead = [&](const auto& entry) {
    const auto silence = now - entry.second.heard;
    if (silence <= rules_.failure_timeout)
      return false;
    using std::chrono::milliseconds;
    const auto ms = std::chrono::duration_cast<milliseconds>(silence).count();
    out.warnings.push_back(entry.first + " (" + entry.second.is.incarnation()
                           + ") is dead: not heard for " + std::to_string(ms)
                           + " ms");
    return true;
  };
  return std::erase_if(members_, dead) > 0;
}

void cluster_state::end_settling(time_point now, cluster_effects& out) {
  settling_ = false;
  if (base_.number() > 0)
    adopt_base(now, out);
  bury_the_dead(now, out);
  if (!members_.empty())
    make_view(out);
}

void cluster_state::adopt_base(time_point, cluster_effects& out) {
  number_ = base_.number();
  out.notes.push_back("the cluster goes on from view "
                      + std::to_string(number_));
  for (const auto& m : base_.members()) {
    const auto i = members_.find(m.node());
    if (i == members_.end()) // maybe it only takes longer to come back
      members_.emplace(m.node(), member{m, start_, false});
    else if (i->second.is.incarnation() != m.incarnation())
      i->second.fresh = true;
    else if (m.leaving())
      i->second.is.set_leaving(true);
  }
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    const auto home = base_.homes(static_cast<int>(i));
    if (home >= 0 && home < base_.members_size())
      shards_[i].home = base_.members(home).node();
    if (static_cast<int>(i) < base_.donors_size())
      shards_[i].donor = base_.donors(static_cast<int>(i));
    shards_[i].moved_in = number_;
  }
}

} // namespace actors
