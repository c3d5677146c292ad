// The part of membership that speaks with the coordinator and keeps the view.
#include "actors/cluster/membership/membership.hpp"
#include "actors/cluster/view_check.hpp"
#include "actors/node_requests.hpp"
#include "actors/room/requests.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace actors {

using namespace std::chrono_literals;
using roost::link::LinkFrame;

void membership::embed() {
  roost::link::View view;
  view.set_number(1);
  *view.add_members() = settings_.self;
  for (std::uint32_t i = 0; i < settings_.shards; ++i) {
    view.add_homes(0);
    view.add_donors();
    view.add_copies()->set_term(view.number());
  }
  if (settings_.lease)
    settings_.lease->extend_for_ever();
  if (settings_.standing)
    settings_.standing->leads = true;
  install(std::move(view));
}

// -- frames -------------------------------------------------------------------

void membership::on_frame(const control_frame& x) {
  const auto i = peers_.find(x.peer);
  if (i == peers_.end())
    return;
  switch (x.frame->body_case()) {
  case LinkFrame::kJoin:
    if (!coordinator_) {
      auto answer = std::make_shared<LinkFrame>();
      answer->mutable_join_refused()->set_reason(self()
                                                 + " is not a coordinator");
      send(i->second.link, control_frame{x.peer, std::move(answer)});
      return;
    }
    [[fallthrough]];
  case LinkFrame::kHeartbeat:
  case LinkFrame::kLeave:
    if (coordinator_)
      send(coordinator_, x);
    return;
  case LinkFrame::kRaft:
    if (coordinator_ && i->second.coordinator)
      send(coordinator_, raft_received{i->second.address, x.frame});
    return;
  case LinkFrame::kView:
    if (i->second.coordinator)
      on_view(x.frame->view(), x.peer);
    return;
  case LinkFrame::kLease:
    if (i->second.coordinator)
      on_lease(x.frame->lease());
    return;
  case LinkFrame::kJoinRefused:
    return on_refused(x.peer, x.frame->join_refused());
  default:
    return;
  }
}

void membership::on_send(const send_control& x) {
  if (x.node != self()) {
    const auto i = peers_.find(x.node);
    if (i != peers_.end())
      send(i->second.link, control_frame{x.node, x.frame});
  } else if (x.frame->has_view()) {
    on_view(x.frame->view(), self());
  } else if (x.frame->has_lease()) {
    on_lease(x.frame->lease());
  } else if (x.frame->has_join_refused()) {
    on_refused(self(), x.frame->join_refused());
  }
}

/// If it is up.
const caf::actor*
membership::link_to_coordinator(const std::string& address) const {
  for (const auto& [node, peer] : peers_)
    if (peer.up && peer.coordinator && peer.address == address)
      return &peer.link;
  return nullptr;
}

void membership::on_send_raft(send_raft& x) {
  const auto* link = link_to_coordinator(x.to);
  if (link == nullptr)
    return;
  auto frame = std::make_shared<LinkFrame>();
  frame->set_raft(std::move(x.bytes));
  send(*link, control_frame{{}, std::move(frame)});
}

// -- commands -----------------------------------------------------------------

caf::result<node_answer> membership::on_command(const ask_node& x) {
  if (row_of(*x.request).by != answerer::coordinators)
    return unknown_request();
  if (coordinator_) {
    delegate(coordinator_, x);
    return caf::delegated<node_answer>{};
  }
  return no_answer(settings_.transport ? self() + " is not a coordinator"
                                       : self() + " is a cluster by itself");
}

caf::result<node_answer>
membership::on_ask_coordinator(const ask_coordinator& x) {
  if (const auto* link = link_to_coordinator(x.to)) {
    delegate(*link, ask_node{x.request});
    return caf::delegated<node_answer>{};
  }
  return no_answer("the coordinator that leads, " + x.to
                   + ", is not reachable from " + self());
}

void membership::to_coordinator(const std::string& node,
                                std::shared_ptr<const LinkFrame> frame) {
  if (node == self()) {
    send(coordinator_, control_frame{node, std::move(frame)});
    return;
  }
  const auto i = peers_.find(node);
  if (i != peers_.end() && i->second.up)
    send(i->second.link, control_frame{node, std::move(frame)});
}

void membership::to_coordinators(std::shared_ptr<const LinkFrame> frame) {
  if (coordinator_)
    to_coordinator(self(), frame);
  for (const auto& [node, x] : peers_)
    if (x.coordinator)
      to_coordinator(node, frame);
}

// -- joining ------------------------------------------------------------------

void membership::join(const std::string& coordinator) {
  auto frame = std::make_shared<LinkFrame>();
  auto& x = *frame->mutable_join();
  *x.mutable_member() = settings_.self;
  if (view_->view->number() > 0)
    *x.mutable_last_view() = *view_->view;
  x.set_shards(settings_.shards);
  to_coordinator(coordinator, std::move(frame));
}

void membership::join_all() {
  if (coordinator_)
    join(self());
  for (const auto& [node, x] : peers_)
    if (x.coordinator)
      join(node);
}

void membership::on_refused(const std::string& coordinator,
                            const roost::link::JoinRefused& x) {
  if (is_news(coordinator, x.reason()))
    spdlog::error("coordinator {} refuses this node: {}", coordinator,
                  x.reason());
  if (rejoin_timer_.armed())
    return;
  rejoin_timer_.expires_after(rejoin_delay_);
  rejoin_delay_ = std::min<std::chrono::milliseconds>(2 * rejoin_delay_, 10s);
}

// -- the view -----------------------------------------------------------------

bool membership::in_view() const {
  return view_->read().is_member(settings_.self);
}

void membership::on_view(const roost::link::View& view,
                         const std::string& from) {
  // A view that breaks what everybody relies on would do harm everywhere.
  if (const auto wrong = what_is_wrong(view, settings_.shards);
      !wrong.empty()) {
    // Coordinators repeat their views.
    if (std::exchange(ignored_view_, view.number()) != view.number())
      spdlog::error("view {} is ignored: it {}", view.number(), wrong);
    return;
  }
  if (view.number() > view_->view->number())
    install(view);
  else if (view.number() < view_->view->number())
    join(from); // which says what it has missed
  else
    beat_soon(); // another coordinator leads, and has not heard of us
  if (in_view()) {
    rejoin_delay_ = 500ms;
    rejoin_timer_.cancel();
    refusals_.clear();
    for (const auto& [node, x] : peers_)
      if (x.up)
        for (const auto& address : addresses_of(node))
          dials_.settled(address);
  } else if (!leaving_ && !rejoin_timer_.armed()) {
    spdlog::warn("{} is not in view {}: it joins again", self(),
                 view_->view->number());
    rejoin_timer_.expires_after(1ms);
  }
}

void membership::install(roost::link::View view) {
  auto next = std::make_shared<cluster_view>();
  next->self = self();
  for (const auto& m : view.members()) {
    if (m.node() == self())
      continue;
    auto& x = peer_named(m.node());
    x.coordinator = m.coordinator();
    if (!x.up)
      x.address = m.address();
    next->links.emplace(m.node(), x.link);
  }
  next->unreachable = unreachable_in(*next);
  settled_.install(view, self());
  reports_.install(view);
  spdlog::info("view {} has {} members", view.number(), view.members_size());
  next->view = std::make_shared<const roost::link::View>(std::move(view));
  view_ = std::move(next);
  tell_listeners();
  if (settings_.transport) {
    update_dials();
    if (settings_.lease && !settings_.lease->holds(home_lane().now()))
      beat_soon();
  }
  check_left();
}

void membership::tell_listeners() {
  const auto message = caf::make_message(view_changed{view_});
  for (const auto& x : settings_.listeners)
    send(x, message);
}

// -- heartbeats ---------------------------------------------------------------

void membership::beat() {
  send_heartbeat();
  retire_useless_links();
  beat_timer_.expires_after(std::max(settings_.failure_timeout / 4, 1ms));
}

/// Once for all that this turn has to say.
void membership::beat_soon() {
  if (!early_beat_timer_.armed())
    early_beat_timer_.expires_after(1ms);
}

void membership::send_heartbeat() {
  auto frame = std::make_shared<LinkFrame>();
  auto& x = *frame->mutable_heartbeat();
  x.set_view(view_->view->number());
  x.set_leaving(leaving_);
  if (settings_.rooms_held)
    x.set_rooms_held(settings_.rooms_held());
  for (const auto shard : settled_.received())
    x.add_received(shard);
  reports_.write(x);
  x.set_sent_ns(home_lane().now().time_since_epoch().count());
  to_coordinators(std::move(frame));
}

void membership::on_lease(const roost::link::Lease& x) {
  using clock = lane::clock;
  const clock::time_point sent{clock::duration{x.sent_ns()}};
  // A time to come is not of this node's clock.
  if (settings_.lease && sent <= home_lane().now())
    settings_.lease->extend(sent + std::chrono::milliseconds{x.lease_ms()});
}

} // namespace actors
