#include "actors/cluster/coordinator/coordinator.hpp"

#include "actors/room/requests.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace actors {

using roost::link::LinkFrame;

coordinator::coordinator(caf::actor_config& cfg, cluster_rules rules,
                         std::shared_ptr<coordinator_log> log,
                         caf::actor membership, coordinator_standing* standing)
    : lane_actor(cfg), rules_(rules), state_(rules, home_lane().now()),
      log_(std::move(log)), membership_(std::move(membership)),
      standing_(standing), ticker_(*this, [this] { tick(); }),
      log_ticker_(*this, [this] { tick_log(); }) {}

caf::behavior coordinator::make_behavior() {
  coordinator_log_hooks hooks;
  hooks.send = [this](const std::string& to, std::string bytes) {
    send(membership_, send_raft{to, std::move(bytes)});
  };
  hooks.decided = [this](const roost::link::View& view) {
    on_decided(view);
  };
  hooks.changed = [this] {
    on_standing();
  };
  hooks.failed = [this](const std::string& why) {
    on_failed(why);
  };
  log_->start(std::move(hooks));
  ticker_.expires_after(rules_.tick_interval());
  log_ticker_.expires_after(log_->tick_interval());
  return {
      [this](const control_frame& x) { on_frame(x); },
      [this](const link_state& x) { on_link(x); },
      [this](const peer_gone& x) {
        carry_out(state_.gone(x.node, x.incarnation, home_lane().now()));
      },
      [this](const raft_received& x) { on_raft(x); },
      [this](const ask_node& x) { return on_command(x); },
  };
}

void coordinator::on_exit() {
  ticker_.cancel();
  log_ticker_.cancel();
  tell_standing(false);
  pending_.fail_all();
  log_->stop();
  log_.reset();
  membership_ = nullptr;
}

// -- what comes in ------------------------------------------------------------

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
  const auto now = home_lane().now();
  const auto effects = state_.heartbeat(node, x, now);
  // Another one that leads waits from its first moment on before it gives
  // anybody's place away, so a lease given before that has ended by then.
  if (effects.lease && log_->leads_alone(now)) {
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

void coordinator::on_raft(const raft_received& x) {
  log_->deliver(x.from, x.frame->raft(), home_lane().now());
  send_decided();
}

// -- commands -----------------------------------------------------------------

caf::result<node_answer> coordinator::on_command(const ask_node& x) {
  if (!x.request->has_drain())
    return unknown_request();
  const auto& order = x.request->drain();
  if (state_.leads() && !state_.settling())
    return drain(order);
  if (state_.leads() || order.passed_on() || log_->leader().empty())
    return no_answer("no coordinator leads just now; try again in a moment");
  return pass_on(order);
}

caf::result<node_answer> coordinator::pass_on(const roost::link::Drain& order) {
  auto request = std::make_shared<roost::link::NodeRequest>();
  *request->mutable_drain() = order;
  request->mutable_drain()->set_passed_on(true);
  delegate(membership_, ask_coordinator{log_->leader(), std::move(request)});
  return caf::delegated<node_answer>{};
}

caf::result<node_answer> coordinator::drain(const roost::link::Drain& order) {
  if (const auto why = state_.refuses_to_drain(order.node(), order.undo());
      !why.empty())
    return node_refused(proto::errc::bad_request, why);
  auto promise = make_response_promise<node_answer>();
  const auto effects =
      state_.drain(order.node(), order.undo(), home_lane().now());
  // Before it is proposed, which may fail at once.
  pending_.add(promise, order, state_.view().number());
  carry_out(effects);
  if (decided_)
    pending_.decided(decided_->view());
  return promise;
}

void coordinator::tick() {
  const auto now = home_lane().now();
  if (std::exchange(astray_, false) && state_.leads())
    carry_out(state_.lead(now));
  carry_out(state_.tick(now));
  ticker_.expires_after(rules_.tick_interval());
}

void coordinator::tick_log() {
  log_->tick(home_lane().now());
  send_decided();
  log_ticker_.expires_after(log_->tick_interval());
}

// -- what the log says --------------------------------------------------------

void coordinator::on_decided(const roost::link::View& view) {
  state_.decided(view);
  auto frame = std::make_shared<LinkFrame>();
  *frame->mutable_view() = view;
  decided_ = std::move(frame);
  is_news_ = state_.leads();
  pending_.decided(view);
}

void coordinator::on_standing() {
  tell_standing(log_->leads());
  const auto leads_in = log_->leads() ? log_->term() : 0;
  if (std::exchange(leads_in_, leads_in) == leads_in)
    return;
  astray_ = false;
  owed_.clear();
  pending_.fail_all();
  if (leads_in == 0) {
    spdlog::info("coordinator: another one decides from now on");
    return state_.follow();
  }
  spdlog::info("coordinator: this one decides from now on (term {})", leads_in);
  carry_out(state_.lead(home_lane().now()));
}

void coordinator::on_failed(const std::string& why) {
  tell_standing(false);
  spdlog::critical("coordinator: it takes no part any more until this node is"
                   " started again: {}",
                   why);
}

void coordinator::tell_standing(bool leads) {
  if (standing_ == nullptr)
    return;
  standing_->leads = leads;
  standing_->term = log_->term();
}

// -- what follows -------------------------------------------------------------

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
  owed_.insert(effects.send_view_to.begin(), effects.send_view_to.end());
  if (effects.new_view)
    log_->propose(state_.view(), [this] {
      astray_ = true;
      pending_.fail_all();
    });
  send_decided();
}

/// What was not decided yet stays here: nobody hears of it.
void coordinator::send_decided() {
  if (!decided_ || !state_.leads())
    return;
  const auto& view = decided_->view();
  std::set<std::string> to;
  if (std::exchange(is_news_, false)) {
    spdlog::info("coordinator: view {} has {} members", view.number(),
                 view.members_size());
    for (const auto& m : view.members())
      to.insert(m.node());
  }
  if (view.number() == state_.view().number())
    to.merge(std::exchange(owed_, {}));
  for (const auto& node : to)
    send_to(node, decided_);
}

void coordinator::send_to(const std::string& node,
                          std::shared_ptr<const LinkFrame> frame) {
  send(membership_, send_control{node, std::move(frame)});
}

} // namespace actors
