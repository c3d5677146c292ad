#include "tests/simulation/node.hpp"

#include "actors/cluster/cluster_settings.hpp"
#include "actors/cluster/membership/membership_messages.hpp"
#include "actors/room/replication/courier.hpp"
#include "actors/room/shard/shard.hpp"

#include <caf/send.hpp>

namespace simulation {

caf::behavior probe::make_behavior() {
  return {
      [this](const actors::view_changed& x) {
        if (on_view_)
          on_view_(x.now);
      },
      [](const actors::ask_node&) {
        auto reply = std::make_shared<roost::link::NodeReply>();
        reply->set_reached(1);
        return actors::node_answer{std::move(reply)};
      },
  };
}

void probe::ask(const caf::actor& shard,
                std::shared_ptr<roost::link::RoomRequest> request_to_room,
                on_answer done) {
  in_handler([&] {
    request(shard, caf::infinite, actors::ask_room{std::move(request_to_room)})
        .then(done, [](caf::error&) {}); // the node has ended
  });
}

void probe::leave(const caf::actor& membership, on_left done) {
  in_handler([&] {
    request(membership, caf::infinite, actors::begin_leaving{})
        .then(
            [this, membership, done](const actors::left&) {
              request(membership, caf::infinite, actors::leave_view{})
                  .then([done](const actors::left&) { done(); },
                        [](caf::error&) {});
            },
            [](caf::error&) {});
  });
}

void probe::order(const caf::actor& membership,
                  std::shared_ptr<const roost::link::NodeRequest> command,
                  on_reply done) {
  in_handler([&] {
    request(membership, caf::infinite, actors::ask_node{std::move(command)})
        .then([done](const actors::node_answer& x) { done(*x.reply); },
              [](caf::error&) {}); // the node has ended
  });
}

node::node(caf::actor_system& system,
           const std::shared_ptr<slow_network>& network, const plan& how,
           identity who, std::shared_ptr<actors::memory_disk> disk,
           probe::on_view on_view)
    : who_(std::move(who)), chance_(who_.seed), lane_(system, 0),
      links_(std::make_shared<actors::link_registry>()) {
  lane_.advance({}); // from now on only the simulation moves its clock
  probe_ = actors::spawn_on<probe>(lane_, [this, on_view](const view_ptr& x) {
    on_view(x);
    if (!view || view->view->number() != x->view->number()) {
      before_ = view;
      view_since_ = lane_.now();
    }
    view = x;
  });
  actors_.push_back(probe_);
  spawn_rooms(how);
  spawn_membership(network, how, std::move(disk));
}

void node::spawn_rooms(const plan& how) {
  context_.node = who_.name;
  context_.channels = &how.channels;
  context_.limits = how.limits;
  context_.request_timeout = how.request_timeout;
  context_.failure_timeout = how.failure_timeout;
  context_.hand_over_timeout = how.hand_over_timeout;
  context_.epoch_seed = chance_.next();
  std::vector<caf::actor> shards;
  for (std::uint32_t i = 0; i < how.shards; ++i)
    shards.push_back(actors::spawn_on<actors::shard>(lane_, context_, i));
  actors_.insert(actors_.end(), shards.begin(), shards.end());
  directory_.emplace(std::move(shards));
  context_.directory = &*directory_;
  context_.couriers = {actors::spawn_on<actors::courier>(lane_, context_)};
  actors_.push_back(context_.couriers.front());
  actors::audience_settings settings;
  settings.node = who_.name;
  settings.recovery_limit = 100'000;
  settings.page_bytes = how.page_bytes;
  settings.parked_limit = how.limits.audience_parked_requests;
  settings.request_timeout = how.request_timeout;
  context_.audiences = {
      actors::spawn_on<actors::audience>(lane_, *directory_, settings)};
  actors_.push_back(context_.audiences.front());
}

void node::spawn_membership(const std::shared_ptr<slow_network>& network,
                            const plan& how,
                            std::shared_ptr<actors::memory_disk> disk) {
  actors::cluster_settings s;
  s.self.set_node(who_.name);
  s.self.set_incarnation(who_.incarnation);
  s.self.set_address(who_.name + ":7000");
  s.self.set_weight(how.apart && who_.coordinator ? 0 : 100);
  s.self.set_coordinator(who_.coordinator);
  s.shards = how.shards;
  s.coordinators = who_.coordinators;
  s.failure_timeout = how.failure_timeout;
  s.settle = how.settle;
  s.replicas = how.replicas;
  s.unclean_takeover = how.unclean_takeover;
  s.request_timeout = how.request_timeout;
  s.hand_over_timeout = how.hand_over_timeout;
  s.link_queue_bytes = how.link_queue_bytes;
  if (how.durable)
    s.data_dir = "the disk";
  s.chance = [this] {
    return chance_.next();
  };
  s.lanes = {&lane_};
  s.rooms = &*directory_;
  s.audiences = context_.audiences;
  s.couriers = context_.couriers;
  s.listeners = directory_->shards();
  s.listeners.push_back(context_.audiences.front());
  s.listeners.push_back(probe_);
  s.node_agent = probe_;
  s.rooms_held = [this] {
    return context_.rooms.load();
  };
  s.lease = &context_.lease;
  s.transport = network->make_transport(
      {who_.name, who_.incarnation, s.self.address(), who_.coordinator});
  s.sockets = network->make_sockets();
  s.links = links_;
  if (who_.coordinator) {
    actors::coordinator_log::settings log;
    log.rules = s.rules();
    log.coordinators = s.coordinators;
    log.self = s.self.address();
    log.folder = s.data_dir;
    log.chance = s.chance;
    log.storage = [&] {
      return std::make_unique<actors::memory_storage>(disk);
    };
    s.log =
        std::make_shared<actors::coordinator_log>(std::move(log), lane_.now());
  }
  context_.membership = actors::spawn_membership(std::move(s));
  actors_.push_back(context_.membership);
}

bool node::claims(const std::string& room) const {
  const auto shard = actors::shard_of(room, directory_->shard_count());
  const auto* home = view ? view->home_of(shard) : nullptr;
  return home != nullptr && *home == name();
}

bool node::acknowledges_without_right(const std::string& room) {
  if (!claims(room) || context_.channels->find(room)->replicas == 0)
    return false;
  if (context_.lease.holds(lane_.now() - milliseconds{20}))
    return false;
  const auto shard = actors::shard_of(room, directory_->shard_count());
  const auto alone = [shard](const view_ptr& in) {
    const auto& copies = in->view->copies(static_cast<int>(shard));
    // A learner that has caught up does as well, for the home.
    return copies.standbys().empty() && copies.learners().empty();
  };
  // What was committed before a view came may be answered in the same turn.
  const bool fresh = before_ && view_since_ == lane_.now();
  return alone(view) && (!fresh || alone(before_));
}

void node::end(const std::function<void()>& run_others) {
  for (auto i = actors_.rbegin(); i != actors_.rend(); ++i)
    caf::anon_send_exit(*i, caf::exit_reason::kill);
  do
    run_others();
  while (lane_.poll() > 0);
  actors_.clear();
  context_.audiences.clear();
  context_.couriers.clear();
  context_.membership = nullptr;
  probe_ = nullptr;
  directory_.reset();
  view.reset();
}

} // namespace simulation
