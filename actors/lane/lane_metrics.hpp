#pragma once

#include "actors/lane/code_counters.hpp"
#include "actors/lane/counter.hpp"
#include "actors/lane/duration_histogram.hpp"

#include <array>
#include <cstdint>

namespace actors {

/// What is counted of each transport.
struct transport_metrics {
  counter accepted;
  gauge open; ///< Connections, authenticated or not.
  counter bytes_sent;
  counter bytes_received; ///< Of messages.
};

/// What a lane counts. Written by the lane alone, read by any thread; the node
/// adds its lanes up when somebody asks (net/metrics).
struct lane_metrics {
  // -- connections ------------------------------------------------------------
  /// Transports for which there is room.
  static constexpr std::size_t max_transports = 8;
  /// In the order of config::transport.
  std::array<transport_metrics, max_transports> transports;
  counter upgrades_refused;         ///< By origin, or not as they must be.
  counter upgrades_refused_by_rate; ///< client.connection_rate_limit.
  counter connects_refused_by_user; ///< client.user_connection_limit.
  counter
      connects_refused_by_cluster; ///< client.cluster_user_connection_limit.
  counter connects_without_home;   ///< Let in: the user's home did not answer.
  gauge user_places; ///< Of users whose home is here, in the whole cluster.
  gauge clients;     ///< Connections that have sent a good connect.
  gauge users;       ///< Distinct; counted on one lane for the whole node.
  gauge subscriptions;
  counter slow_consumers; ///< Closed with 3008: their queue was full.
  gauge queued_bytes;     ///< In the outgoing queues of connections.
  counter socket_sends;   ///< Writes to sockets of clients.
  counter send_calls;     ///< System calls for these.

  // -- requests that name a session: of /emulation, and of long polling -------
  counter session_requests_here;
  counter session_requests_elsewhere; ///< Passed on to another node.

  // -- commands ---------------------------------------------------------------

  /// Kinds of commands for which there is room.
  static constexpr std::size_t max_command_kinds = 16;
  /// Commands by kind, in the order of connection::command_names.
  std::array<counter, max_command_kinds> commands;
  /// From a command's arrival to its reply, by kind.
  std::array<duration_histogram, max_command_kinds> command_durations;

  /// Replies with an error, by its code.
  code_counters<code_range{100, 15}> reply_errors;
  /// Connections that we ended, by code.
  code_counters<code_range{3000, 20}, code_range{3500, 20}> disconnects;
  counter unsubscribes_pushed;
  /// Of requests of their own, on their way to their sessions.
  gauge commands_under_way_bytes;
  counter commands_refused; ///< Too many of them were under way.

  // -- sockets from accept on, counted by the first lane for the whole node
  // ----
  counter accept_pauses;              ///< No socket could be had.
  counter sockets_refused;            ///< All places are taken.
  counter internal_sockets_refused;   ///< The same at the internal address.
  counter sockets_refused_by_address; ///< http.connections_per_address.
  counter sockets_refused_by_rate;    ///< http.connection_rate_per_address.
  counter idle_connections_displaced; ///< Idle HTTP that gave way.

  // -- fan-out ----------------------------------------------------------------
  counter publications_delivered; ///< One for each connection.
  counter joins_delivered;
  counter leaves_delivered;
  counter frames_encoded; ///< One for each room, wire format and turn.
  counter deltas_encoded; ///< One for each publication and wire format.
  gauge delta_base_bytes; ///< Publications kept to make deltas from.
  gauge tags_filter_bytes;
  gauge audience_rooms;
  counter publications_received; ///< By the lane's audience, from homes.
  counter audience_resyncs;      ///< Rooms attached again after a gap.
  counter continuity_losses;     ///< Subscribers told 2500 or 3010.
  gauge catching_up; ///< Subscriptions that get what they missed in pages.
  gauge member_news; ///< Comings and goings that homes have not taken yet.

  // -- rooms ------------------------------------------------------------------
  gauge rooms;
  counter publications; ///< Given an offset or passed on, at home.
  counter publications_suppressed;
  gauge history_publications;
  gauge history_bytes;
  gauge presence_entries;
  gauge parked_requests;    ///< Waiting in shards for a view or a hand-over.
  counter requests_refused; ///< Parked queue full, no home, or timed out.
  counter shards_handed_over;
  counter shards_lost; ///< Started empty because their donor had died.
  /// From a view that moves a shard here until its rooms are served.
  duration_histogram shard_pauses;

  // -- replication ------------------------------------------------------------
  gauge records_in_flight;     ///< At homes: not yet at every copy.
  gauge copies;                ///< Of rooms whose home is another node.
  gauge copy_bytes;            ///< Of their histories.
  counter replication_errors;  ///< Requests to copies that failed.
  counter replication_refused; ///< Changes refused: no lease, or too many.
  counter copies_lost;         ///< Reported since they did not keep up.
};

} // namespace actors
