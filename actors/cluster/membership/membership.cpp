#include "actors/cluster/membership/membership.hpp"

#include "actors/cluster/coordinator/coordinator.hpp"
#include "actors/room/requests.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <random>
#include <utility>

namespace actors {

using namespace std::chrono_literals;

namespace {

constexpr auto first_rejoin_delay = 500ms;

dial_plan::limits dial_limits(const cluster_settings& x) {
  // A coordinator that starts waits `settle` for the nodes to come back.
  dial_plan::limits result;
  result.first_delay = 100ms;
  result.last_delay =
      std::clamp<std::chrono::milliseconds>(x.settle / 2, 100ms, 1000ms);
  return result;
}

std::shared_ptr<const cluster_view> no_view(const cluster_settings& x) {
  auto view = std::make_shared<roost::link::View>();
  for (std::uint32_t i = 0; i < x.shards; ++i) {
    view->add_homes(-1);
    view->add_donors();
    view->add_copies();
  }
  auto result = std::make_shared<cluster_view>();
  result->view = std::move(view);
  result->self = x.self.node();
  return result;
}

} // namespace

membership::membership(caf::actor_config& cfg, cluster_settings settings)
    : lane_actor(cfg), settings_(std::move(settings)),
      dials_(dial_limits(settings_),
             settings_.chance ? static_cast<std::uint32_t>(settings_.chance())
                              : std::random_device{}()),
      view_(no_view(settings_)), rejoin_delay_(first_rejoin_delay),
      dial_timer_(*this, [this] { dial_due(); }),
      probe_timer_(*this, [this] { probe_lost(); }),
      beat_timer_(*this, [this] { beat(); }),
      early_beat_timer_(*this, [this] { send_heartbeat(); }),
      rejoin_timer_(*this, [this] { join_all(); }),
      survey_timer_(*this, [this] { expire_surveys(); }),
      leave_timer_(*this, [this] {
        finish_leaving(!view_->read().shards_of(self()).has_rooms());
      }) {}

caf::behavior membership::make_behavior() {
  start();
  return {
      [this](const get_view&) { return view_changed{view_}; },
      [this](const survey& x) { return start_survey(x); },
      [this](const shard_settled& x) { settled_.add(x.shard, x.view); },
      [this](const copies_report& x) {
        if (reports_.add(x.report))
          beat_soon();
      },
      [this](const link_state& x) { on_link(x); },
      [this](const control_frame& x) { on_frame(x); },
      [this](const send_control& x) { on_send(x); },
      [this](send_raft& x) { on_send_raft(x); },
      [this](const ask_node& x) { return on_command(x); },
      [this](const ask_coordinator& x) { return on_ask_coordinator(x); },
      [this](const peer_connected& x) { on_connected(x.socket); },
      [this](const dial_failed& x) { on_dial_failed(x); },
      [this](const peer_probed& x) { on_probed(x); },
      [this](const begin_leaving&) { return begin_leaving_now(); },
      [this](const leave_view&) { return leave_view_now(); },
  };
}

void membership::start() {
  if (!settings_.transport)
    return embed();
  auto links = std::make_shared<link_settings>();
  links->node = self();
  links->incarnation = settings_.self.incarnation();
  links->failure_timeout = settings_.failure_timeout;
  links->request_timeout = settings_.request_timeout;
  links->queue_bytes = settings_.link_queue_bytes;
  links->rooms = settings_.rooms;
  links->audiences = settings_.audiences;
  links->couriers = settings_.couriers;
  links->node_agent = settings_.node_agent;
  links->membership = caf::actor{this};
  links->sockets = settings_.sockets;
  links->registry = settings_.links;
  link_settings_ = std::move(links);
  if (settings_.self.coordinator()) {
    coordinator_ =
        spawn_on<coordinator>(home_lane(), settings_.rules(), settings_.log,
                              caf::actor{this}, settings_.standing);
    send(coordinator_,
         link_state{self(), settings_.self.incarnation(), true, {}});
    join(self());
  }
  // On threads of the transport, hence by message.
  settings_.transport->start(
      [me = caf::actor{this}](peer_connection x) {
        caf::anon_send(
            me, peer_connected{std::make_shared<peer_socket>(std::move(x))});
      },
      [me = caf::actor{this}](std::string address, std::string why) {
        caf::anon_send(me, dial_failed{std::move(address), std::move(why)});
      });
  update_dials();
  beat();
}

void membership::on_exit() {
  for (auto* x : {&dial_timer_, &probe_timer_, &beat_timer_, &early_beat_timer_,
                  &rejoin_timer_, &survey_timer_, &leave_timer_})
    x->cancel();
  finish_leaving(false);
  surveys_.fail_all("this node stops");
  if (settings_.transport)
    settings_.transport->stop();
  for (auto& [name, x] : peers_)
    send_exit(x.link, caf::exit_reason::user_shutdown);
  if (coordinator_)
    send_exit(coordinator_, caf::exit_reason::user_shutdown);
  // Handles of others that have one of ours.
  peers_.clear();
  coordinator_ = nullptr;
  link_settings_.reset();
  settings_ = {};
  view_.reset();
}

// -- surveys ------------------------------------------------------------------

caf::result<survey_result> membership::start_survey(const survey& x) {
  auto promise = make_response_promise<survey_result>();
  std::vector<std::string> nodes{self()};
  for (const auto& [node, link] : view_->links)
    nodes.push_back(node);
  const auto number = surveys_.start(
      nodes, promise, home_lane().now() + settings_.request_timeout);
  ask_for_survey(number, self(), settings_.node_agent, x.request);
  for (const auto& [node, link] : view_->links)
    ask_for_survey(number, node, link, x.request);
  if (!survey_timer_.armed())
    survey_timer_.expires_after(settings_.request_timeout);
  return promise;
}

void membership::ask_for_survey(
    std::uint64_t number, const std::string& node, const caf::actor& whom,
    const std::shared_ptr<const roost::link::NodeRequest>& x) {
  if (!whom)
    return surveys_.answer(number, node,
                           no_answer(node + " answers no questions").reply);
  request(whom, caf::infinite, ask_node{x})
      .then(
          [this, number, node](const node_answer& answer) {
            surveys_.answer(number, node, answer.reply);
          },
          [this, number, node](caf::error&) {
            surveys_.answer(number, node, no_answer(node + " stops").reply);
          });
}

void membership::expire_surveys() {
  const auto now = home_lane().now();
  surveys_.expire(now);
  if (const auto next = surveys_.next_deadline())
    survey_timer_.expires_at(*next);
}

// -- leaving ------------------------------------------------------------------

caf::result<left> membership::begin_leaving_now() {
  auto promise = make_response_promise<left>();
  waiting_for_leave_.push_back(promise);
  if (!settings_.transport) {
    finish_leaving(true);
    return promise;
  }
  if (!std::exchange(leaving_, true)) {
    settings_.self.set_leaving(true);
    leave_timer_.expires_after(settings_.hand_over_timeout);
    spdlog::info("{} leaves the cluster", self());
    send_heartbeat();
  }
  check_left();
  return promise;
}

bool membership::others_take_shards() const {
  return std::any_of(view_->view->members().begin(),
                     view_->view->members().end(), [this](const auto& m) {
                       return m.node() != self() && m.weight() > 0
                              && !m.leaving();
                     });
}

void membership::check_left() {
  if (!leaving_ || waiting_for_leave_.empty())
    return;
  if (!in_view())
    return finish_leaving(true);
  if (leave_sent_)
    return; // only a view without us ends it
  const auto mine = view_->read().shards_of(self());
  // Others rely on its copies, too.
  if ((mine.has_rooms() || mine.standby > 0) && others_take_shards())
    return; // the next views will tell
  finish_leaving(!mine.has_rooms());
}

caf::result<left> membership::leave_view_now() {
  auto promise = make_response_promise<left>();
  waiting_for_leave_.push_back(promise);
  if (!settings_.transport || !in_view()) {
    finish_leaving(true);
    return promise;
  }
  leaving_ = true;
  if (!std::exchange(leave_sent_, true)) {
    auto frame = std::make_shared<roost::link::LinkFrame>();
    frame->mutable_leave();
    to_coordinators(std::move(frame));
  }
  leave_timer_.expires_after(settings_.failure_timeout);
  return promise;
}

void membership::finish_leaving(bool complete) {
  leave_timer_.cancel();
  for (auto& x : std::exchange(waiting_for_leave_, {}))
    x.deliver(left{complete});
}

} // namespace actors
