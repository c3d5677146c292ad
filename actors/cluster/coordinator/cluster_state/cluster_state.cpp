#include "actors/cluster/coordinator/cluster_state/cluster_state.hpp"

#include "actors/cluster/view_check.hpp"

#include <algorithm>

namespace actors {

using roost::link::Heartbeat;
using roost::link::Join;
using roost::link::Member;
using roost::link::View;

namespace {

// Names of nodes that are gone stay until an admin takes them out.
constexpr std::size_t most_drained = 1000;

} // namespace

cluster_state::cluster_state(cluster_rules rules, time_point now)
    : rules_(rules), start_(now), ticked_(now), shards_(rules) {}

bool cluster_state::linked(const Member& x) const {
  const auto i = links_.find(x.node());
  return i != links_.end() && i->second == x.incarnation();
}

bool cluster_state::is_member(const Member& x) const {
  const auto i = members_.by_name.find(x.node());
  return i != members_.by_name.end()
         && i->second.incarnation() == x.incarnation();
}

// -- the group of coordinators ------------------------------------------------

void cluster_state::decided(const View& view) {
  decided_ = view;
  if (!leads())
    view_ = view;
}

void cluster_state::follow() {
  role_ = role::following;
  view_ = decided_;
}

cluster_effects cluster_state::lead(time_point now) {
  cluster_effects out;
  view_ = decided_;
  number_ = view_.number();
  base_ = view_;
  ticked_ = leads_since_ = now;
  members_ = {};
  heard_.clear();
  shards_ = shard_table{rules_};
  // What it heard since its start is all that there is before the first view.
  settling_since_ = number_ == 0 ? start_ : now;
  role_ = number_ == 0 || !rules_.durable ? role::settling : role::leading;
  if (role_ == role::settling) {
    for (const auto& [node, x] : joins_)
      take_join(x, now, out);
  } else {
    adopt_base(now, out);
    for (const auto& [node, x] : joins_)
      if (!is_member(x.member()))
        take_join(x, now, out);
  }
  // Who knows a newer one joins again to say so.
  if (number_ > 0)
    for (const auto& [node, incarnation] : links_)
      out.send_view_to.push_back(node);
  return out;
}

// -- links --------------------------------------------------------------------

cluster_effects cluster_state::link_up(const std::string& node,
                                       const std::string& incarnation,
                                       time_point) {
  links_[node] = incarnation;
  gone_.erase(node);
  return {};
}

cluster_effects cluster_state::link_down(const std::string& node, time_point) {
  cluster_effects out;
  links_.erase(node);
  joins_.erase(node);
  if (leads() && members_.by_name.contains(node))
    out.notes.push_back("the link to " + node
                        + " is down: it is dead unless it is heard again");
  return out;
}

cluster_effects cluster_state::gone(const std::string& node,
                                    const std::string& incarnation,
                                    time_point now) {
  cluster_effects out;
  if (links_.contains(node))
    return out; // it is back
  gone_[node] = incarnation;
  if (role_ == role::leading && bury_the_dead(now, out))
    make_view(now, out);
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
  const auto known = members_.by_name.find(node);
  if (known != members_.by_name.end()
      && known->second.incarnation() != x.member().incarnation()
      && linked(known->second)
      && now - heard_.at(node) <= rules_.failure_timeout)
    return refuse("a node named " + node + " is in the cluster and alive ("
                  + known->second.incarnation() + " at "
                  + known->second.address() + ")");
  return true;
}

cluster_effects cluster_state::join(const Join& x, time_point now) {
  cluster_effects out;
  joins_[x.member().node()] = x;
  if (leads())
    take_join(x, now, out);
  return out;
}

void cluster_state::take_join(const Join& x, time_point now,
                              cluster_effects& out) {
  if (!admissible(x, now, out))
    return;
  if (settling())
    return remember_from(x, now);
  const auto& node = x.member().node();
  const auto known = members_.by_name.find(node);
  if (is_member(x.member()))
    return rejoin(known->second, x, now, out);
  if (known != members_.by_name.end())
    out.notes.push_back(node + " was restarted: " + x.member().incarnation()
                        + " takes the place of " + known->second.incarnation());
  else
    out.notes.push_back(node + " (" + x.member().incarnation() + " at "
                        + x.member().address() + ") joins");
  members_.by_name[node] = x.member();
  heard_[node] = now;
  number_ = std::max(number_, x.last_view().number());
  make_view(now, out);
}

void cluster_state::remember_from(const Join& x, time_point now) {
  if (x.last_view().number() > base_.number()
      && what_is_wrong(x.last_view(), rules_.shards).empty())
    base_ = x.last_view();
  members_.by_name[x.member().node()] = x.member();
  heard_[x.member().node()] = now;
}

void cluster_state::rejoin(Member& known, const Join& x, time_point now,
                           cluster_effects& out) {
  heard_[known.node()] = now;
  const auto last = x.last_view().number();
  auto is = x.member();
  is.set_leaving(is.leaving() || known.leaving());
  const bool changed = is.SerializeAsString() != known.SerializeAsString();
  known = std::move(is);
  if (last > number_ || changed) {
    number_ = std::max(number_, last);
    make_view(now, out);
  } else {
    out.send_view_to.push_back(x.member().node());
  }
}

cluster_effects cluster_state::leave(const std::string& node, time_point now) {
  cluster_effects out;
  joins_.erase(node);
  if (!leads() || members_.by_name.erase(node) == 0)
    return out;
  heard_.erase(node);
  out.notes.push_back(node + " leaves");
  if (!settling()) {
    shards_.take_leave(node);
    make_view(now, out);
    out.send_view_to.push_back(node); // it waits for that
  }
  return out;
}

// -- admins -------------------------------------------------------------------

std::string cluster_state::refuses_to_drain(const std::string& node,
                                            bool undo) const {
  const auto names = [](const auto& from, auto name_of) {
    std::string result;
    for (const auto& x : from)
      result += (result.empty() ? "" : ", ") + name_of(x);
    return result;
  };
  const auto& [members, drained] = members_;
  if (undo && !drained.contains(node))
    return drained.empty()
               ? node + " is not drained; no node is"
               : node + " is not drained; these are: "
                     + names(drained, [](const auto& x) { return x; });
  if (undo || drained.contains(node))
    return {};
  if (!members.contains(node))
    return "there is no node " + node + "; there are "
           + names(members, [](const auto& x) { return x.first; });
  const auto stays = [&](const auto& x) {
    return x.first != node && x.second.weight() > 0 && !x.second.leaving()
           && !drained.contains(x.first);
  };
  if (std::none_of(members.begin(), members.end(), stays))
    return "no node would be left for the shards of " + node;
  if (drained.size() >= most_drained)
    return std::to_string(most_drained)
           + " nodes are drained, which is the most; undo that of those that"
             " are gone for good";
  return {};
}

cluster_effects cluster_state::drain(const std::string& node, bool undo,
                                     time_point now) {
  cluster_effects out;
  const bool news = undo ? members_.drained.erase(node) > 0
                         : members_.drained.insert(node).second;
  if (!news)
    return out;
  out.notes.push_back(undo ? node + " takes shards again"
                           : node + " is drained: it gives its shards away");
  make_view(now, out);
  return out;
}

// -- heartbeats ---------------------------------------------------------------

cluster_effects cluster_state::heartbeat(const std::string& node,
                                         const Heartbeat& x, time_point now) {
  cluster_effects out;
  if (!leads())
    return out;
  const auto i = members_.by_name.find(node);
  if (i == members_.by_name.end() || !linked(i->second)) {
    // It was taken for dead, or is not in yet. The view tells it so, and it
    // joins again.
    if (!settling())
      out.send_view_to.push_back(node);
    return out;
  }
  heard_[node] = now;
  const bool goes = x.leaving() && !i->second.leaving();
  if (goes) {
    i->second.set_leaving(true);
    out.notes.push_back(node + " is leaving and hands its shards over");
  }
  if (settling())
    return out;
  out.lease = true;
  bool news = goes;
  for (const auto shard : x.received())
    news |= shards_.take_received(node, shard, x.view());
  for (const auto& report : x.copies())
    news |= shards_.take_report(node, report, now);
  if (news)
    make_view(now, out);
  else if (x.view() != number_)
    out.send_view_to.push_back(node);
  return out;
}

// -- views --------------------------------------------------------------------

void cluster_state::make_view(time_point now, cluster_effects& out) {
  ++number_;
  shards_.plan(members_, number_, now, out.warnings);
  write_view();
  out.new_view = true;
}

void cluster_state::write_view() {
  view_.Clear();
  view_.set_number(number_);
  for (const auto& [name, m] : members_.by_name)
    *view_.add_members() = m;
  for (const auto& name : members_.drained)
    view_.add_drained(name);
  shards_.write(members_, view_);
}

} // namespace actors
