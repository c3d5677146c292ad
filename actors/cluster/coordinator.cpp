#include "actors/cluster/coordinator.hpp"

#include "actors/cluster/membership_messages.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace actors {

using roost::link::LinkFrame;

coordinator::coordinator(caf::actor_config& cfg, cluster_rules rules,
                         caf::actor membership)
    : lane_actor(cfg), rules_(rules), state_(rules, home_lane().now()),
      membership_(std::move(membership)), ticker_(*this, [this] { tick(); }) {}

caf::behavior coordinator::make_behavior() {
  ticker_.expires_after(rules_.tick_interval());
  carry_out(state_.lead(home_lane().now()));
  return {
      [this](const control_frame& x) { on_frame(x); },
      [this](const link_state& x) { on_link(x); },
  };
}

void coordinator::on_exit() {
  ticker_.cancel();
  membership_ = nullptr;
}

void coordinator::on_frame(const control_frame& x) {
  const auto now = home_lane().now();
  switch (x.frame->body_case()) {
  case LinkFrame::kJoin:
    // Nobody joins for somebody else.
    if (x.frame->join().member().node() == x.peer)
      carry_out(state_.join(x.frame->join(), now));
    return;
  case LinkFrame::kHeartbeat:
    return on_heartbeat(x.peer, x.frame->heartbeat());
  case LinkFrame::kLeave:
    return carry_out(state_.leave(x.peer, now));
  default:
    return;
  }
}

void coordinator::on_heartbeat(const std::string& node,
                               const roost::link::Heartbeat& x) {
  const auto effects = state_.heartbeat(node, x, home_lane().now());
  if (effects.lease) {
    auto frame = std::make_shared<LinkFrame>();
    frame->mutable_lease()->set_sent_ns(x.sent_ns());
    frame->mutable_lease()->set_lease_ms(
        static_cast<std::uint32_t>(rules_.lease().count()));
    send_to(node, std::move(frame));
  }
  carry_out(effects);
}

void coordinator::on_link(const link_state& x) {
  const auto now = home_lane().now();
  carry_out(x.up ? state_.link_up(x.peer, x.incarnation, now)
                 : state_.link_down(x.peer, now));
}

void coordinator::tick() {
  carry_out(state_.tick(home_lane().now()));
  ticker_.expires_after(rules_.tick_interval());
}

void coordinator::carry_out(const cluster_effects& effects) {
  for (const auto& note : effects.notes)
    spdlog::info("coordinator: {}", note);
  for (const auto& warning : effects.warnings)
    spdlog::warn("coordinator: {}", warning);
  for (const auto& [node, why] : effects.refused) {
    auto frame = std::make_shared<LinkFrame>();
    frame->mutable_join_refused()->set_reason(why);
    send_to(node, std::move(frame));
  }
  if (!effects.new_view && effects.send_view_to.empty())
    return;
  auto frame = std::make_shared<LinkFrame>();
  *frame->mutable_view() = state_.view();
  if (effects.new_view) {
    spdlog::info("coordinator: view {} has {} members", state_.view().number(),
                 state_.view().members_size());
    for (const auto& m : state_.view().members())
      send_to(m.node(), frame);
  }
  for (const auto& node : effects.send_view_to)
    send_to(node, frame);
}

void coordinator::send_to(const std::string& node,
                          std::shared_ptr<const LinkFrame> frame) {
  send(membership_, send_control{node, std::move(frame)});
}

} // namespace actors
