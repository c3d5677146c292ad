#pragma once

#include "actors/cluster/cluster_settings.hpp"
#include "actors/cluster/membership/membership_messages.hpp"
#include "tests/cluster/support/fake_network.hpp"
#include "tests/raft/scratch_folder.hpp"
#include "tests/support/actor_test.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>

namespace test_support {

/// Whole clusters on one thread: membership, links and coordinator are real,
/// the network and the rest of the nodes are not.
class cluster_test : public actor_test {
protected:
  static constexpr std::uint32_t shard_count = 12;

  struct node {
    std::string name;
    caf::actor membership;
    stand_in listener;
    stand_in audience;
    stand_in agent;
    std::shared_ptr<actors::link_registry> links;
    std::shared_ptr<actors::node_lease> lease;
    std::weak_ptr<actors::coordinator_log> log; ///< Of a coordinator.
    std::shared_ptr<actors::coordinator_standing> standing;

    bool has_lease(const actors::lane& on) const {
      return lease->holds(on.now());
    }
  };

  void SetUp() override { network = std::make_shared<fake_network>(system()); }

  /// Starts a node; `coordinators` says whether it is one of them. `where` is
  /// its host.
  node& start(const std::string& name, const std::string& incarnation = "1",
              std::string where = {}, std::uint32_t shards = shard_count) {
    if (where.empty())
      where = name;
    node x{name,
           {},
           stand_in_for("listener of " + name),
           stand_in_for("audience of " + name),
           stand_in_for("agent of " + name),
           std::make_shared<actors::link_registry>(),
           std::make_shared<actors::node_lease>(),
           {},
           std::make_shared<actors::coordinator_standing>()};
    leases.push_back(x.lease);
    standings.push_back(x.standing);
    x.agent.on<actors::ask_node>([](const actors::ask_node&) {
      auto reply = std::make_shared<roost::link::NodeReply>();
      reply->set_reached(1);
      return actors::node_answer{reply};
    });
    actors::cluster_settings s;
    s.self.set_node(name);
    s.self.set_incarnation(incarnation);
    s.self.set_address(where + ":7000");
    s.self.set_weight(100);
    const bool coordinates = coordinators.contains(name);
    s.self.set_coordinator(coordinates);
    s.shards = shards;
    s.replicas = replicas;
    for (const auto& x : coordinators)
      s.coordinators.push_back(x + ":7000");
    if (folder)
      s.data_dir = folder_of(where);
    s.chance = [this] {
      return chance_();
    };
    s.lanes = {&lane()};
    s.audiences = {x.audience.handle()};
    s.listeners = {x.listener.handle()};
    s.node_agent = x.agent.handle();
    s.transport = network->make_transport(
        {name, incarnation, where + ":7000", coordinates});
    if (coordinates)
      s.log = actors::open_coordinator_log({.rules = s.rules(),
                                            .coordinators = s.coordinators,
                                            .self = s.self.address(),
                                            .folder = s.data_dir,
                                            .chance = s.chance},
                                           lane().now());
    x.log = s.log;
    s.sockets = network->make_sockets();
    s.links = x.links;
    s.lease = x.lease.get();
    s.standing = x.standing.get();
    x.membership = keep(actors::spawn_membership(std::move(s)));
    run();
    return nodes.insert_or_assign(where, std::move(x)).first->second;
  }

  /// The coordinator "c" with "a" and "b", in a view.
  void start_three() {
    start("c");
    start("a");
    start("b");
    advance(std::chrono::milliseconds{1500});
  }

  /// As kill -9 does: connections end, nobody says anything.
  void kill(const std::string& where) {
    const auto i = nodes.find(where);
    caf::anon_send_exit(i->second.membership, caf::exit_reason::kill);
    run();
    nodes.erase(i);
  }

  actors::view_changed view_at(const std::string& where) {
    return *ask<actors::view_changed>(nodes.at(where).membership,
                                      actors::get_view{});
  }

  std::uint64_t number_at(const std::string& where) {
    return view_at(where).now->view->number();
  }

  std::set<std::string> members_at(const std::string& where) {
    std::set<std::string> result;
    for (const auto& m : view_at(where).now->view->members())
      result.insert(m.node());
    return result;
  }

  /// Shard -> name of its home.
  std::vector<std::string> homes_at(const std::string& where) {
    std::vector<std::string> result;
    const auto view = view_at(where);
    for (std::uint32_t i = 0; i < shard_count; ++i) {
      const auto* home = view.now->home_of(i);
      result.push_back(home == nullptr ? "" : *home);
    }
    return result;
  }

  std::size_t count_homes(const std::string& where, const std::string& node) {
    const auto homes = homes_at(where);
    return static_cast<std::size_t>(
        std::count(homes.begin(), homes.end(), node));
  }

  /// Every home says that it has got the rooms of its shards.
  void settle_shards() {
    for (auto& [where, x] : nodes) {
      const auto view = view_at(where).now->view;
      for (std::uint32_t i = 0; i < shard_count; ++i)
        tell(x.membership, actors::shard_settled{i, view->number()});
    }
    run();
  }

  /// Where the coordinator of a host keeps its file.
  std::string folder_of(const std::string& where) {
    auto result = *folder / where;
    std::filesystem::create_directory(result);
    return result;
  }

  std::shared_ptr<fake_network> network;
  std::map<std::string, node> nodes; ///< By host.
  // Of nodes that start from now on.
  std::set<std::string> coordinators{"c"};
  std::uint32_t replicas = 0;
  std::optional<actors::scratch_folder> folder; ///< None: they forget.

  std::vector<std::shared_ptr<actors::node_lease>> leases; ///< Outlive nodes.
  std::vector<std::shared_ptr<actors::coordinator_standing>> standings;

private:
  std::minstd_rand chance_{7};
};

} // namespace test_support
