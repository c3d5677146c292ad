#include "actors/cluster/cluster_settings.hpp"

#include "actors/cluster/membership/membership.hpp"
#include "actors/lane/lane.hpp"

#include <algorithm>

namespace actors {

cluster_settings cluster_settings_of(const config::node_config& config,
                                     std::string incarnation) {
  cluster_settings result;
  const auto cluster = config.cluster.value_or(config::cluster_section{});
  auto& self = result.self;
  self.set_node(config.node.name);
  self.set_incarnation(std::move(incarnation));
  if (config.cluster)
    self.set_address(config::to_string(cluster.advertise));
  self.set_weight(config.node.roles.gateway ? cluster.weight : 0);
  self.set_coordinator(config.cluster && config.node.roles.coordinator);
  self.set_http_address(config::to_string(config.http.listen));
  result.shards = cluster.shards;
  for (const auto& x : cluster.coordinators)
    result.coordinators.push_back(config::to_string(x));
  result.failure_timeout = cluster.failure_timeout;
  result.settle = cluster.settle;
  result.replicas = config.channel.without_namespace.replicas;
  for (const auto& [name, x] : config.channel.namespaces)
    result.replicas = std::max(result.replicas, x.replicas);
  result.concurrent_moves = cluster.concurrent_moves;
  result.unclean_takeover = cluster.unclean_takeover;
  result.data_dir = cluster.data_dir;
  result.request_timeout = cluster.request_timeout;
  result.hand_over_timeout = cluster.hand_over_timeout;
  result.link_queue_bytes = cluster.link_queue_bytes;
  return result;
}

cluster_rules cluster_settings::rules() const {
  cluster_rules result;
  result.shards = shards;
  result.failure_timeout = failure_timeout;
  result.settle = settle;
  result.replicas = replicas;
  result.concurrent_moves = concurrent_moves;
  result.unclean_takeover = unclean_takeover;
  result.durable = !data_dir.empty();
  return result;
}

caf::actor spawn_membership(cluster_settings settings) {
  auto& first = *settings.lanes.front();
  if (settings.transport && !settings.sockets)
    settings.sockets = make_basp_hand_over(first.system());
  if (!settings.links)
    settings.links = std::make_shared<link_registry>();
  if (settings.transport && settings.self.coordinator() && !settings.log)
    settings.log = open_coordinator_log({.rules = settings.rules(),
                                         .coordinators = settings.coordinators,
                                         .self = settings.self.address(),
                                         .folder = settings.data_dir,
                                         .chance = settings.chance},
                                        first.now());
  return spawn_on<membership>(first, std::move(settings));
}

} // namespace actors
