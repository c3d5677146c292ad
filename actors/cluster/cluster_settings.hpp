#pragma once

#include "actors/cluster/coordinator/cluster_rules.hpp"
#include "actors/cluster/coordinator/coordinator_log.hpp"
#include "actors/cluster/hand_over_socket.hpp"
#include "actors/cluster/link/link_metrics.hpp"
#include "actors/cluster/peer_transport.hpp"
#include "actors/lane/coordinator_standing.hpp"
#include "actors/room/node_lease.hpp"
#include "actors/room/room_directory.hpp"
#include "cluster-config/node_config.hpp"
#include "proto/link.pb.h"

#include <caf/actor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace actors {

class lane;

/// What makes a node part of a cluster. `cluster_settings_of` fills in what the
/// configuration says; whoever wires the node adds the rest.
struct cluster_settings {
  /// This node as the others will know it.
  roost::link::Member self;
  std::uint32_t shards = 256;
  /// What the coordinators advertise, as host:port.
  std::vector<std::string> coordinators;
  std::chrono::milliseconds failure_timeout{2000};
  std::chrono::milliseconds settle{1000};
  /// Copies of each shard: the most that any namespace wants.
  std::uint32_t replicas = 0;
  std::uint32_t concurrent_moves = 32;
  bool unclean_takeover = true;
  /// Where a coordinator keeps what was decided; empty: in memory.
  std::string data_dir;
  std::chrono::milliseconds request_timeout{4000};
  std::chrono::milliseconds hand_over_timeout{5000};
  std::size_t link_queue_bytes = 8 * 1024 * 1024;

  // -- the rest of the node ---------------------------------------------------

  /// Never empty. Membership and coordinator live on the first; links are
  /// spread over all. They outlive the actors.
  std::vector<lane*> lanes;
  /// Where requests from other nodes go; outlives the actors. None on a node
  /// without rooms.
  const room_directory* rooms = nullptr;
  /// By number of their lane: who takes room events from other nodes.
  std::vector<caf::actor> audiences;
  /// Likewise: who takes records for the copies here.
  std::vector<caf::actor> couriers;
  /// Who is told of each new view (view_changed): shards, audiences, the node
  /// agent.
  std::vector<caf::actor> listeners;
  /// Who answers for this node in surveys.
  caf::actor node_agent;
  /// Rooms whose home is here, for heartbeats; called on the first lane.
  std::function<std::uint32_t()> rooms_held;

  /// Extended by the coordinator's answers to heartbeats; outlives the actors.
  node_lease* lease = nullptr;
  /// Kept up to date by the coordinator, if this node is one or is a cluster by
  /// itself; outlives the actors.
  coordinator_standing* standing = nullptr;

  /// None: the node is a whole cluster by itself (embedded).
  std::shared_ptr<peer_transport> transport;
  /// None: CAF's own (make_basp_hand_over).
  std::shared_ptr<hand_over_socket> sockets;
  /// The numbers of the links. Made when there is none.
  std::shared_ptr<link_registry> links;
  /// Numbers for elections of coordinators and for dialling. None: real chance.
  std::function<std::uint64_t()> chance;
  /// Of a coordinator. Made when there is none.
  std::shared_ptr<coordinator_log> log;

  /// What its coordinator goes by.
  cluster_rules rules() const;
};

/// What `config` says, for a node that starts as `incarnation` (random for each
/// start, 16 hex digits).
cluster_settings cluster_settings_of(const config::node_config& config,
                                     std::string incarnation);

/// Starts membership, and with it links and, where the node has that role, the
/// coordinator. Takes get_view, survey, begin_leaving, shard_settled (see
/// messages.hpp, membership_messages.hpp). Embedded, the view is there at once;
/// else listeners hear of it when the node has joined. End it with an exit
/// message: everything that it started ends, too.
///
/// Throws storage_error, with a sentence, when the coordinator cannot use what
/// is in `data_dir`.
caf::actor spawn_membership(cluster_settings settings);

} // namespace actors
