#pragma once

#include "actors/cluster/link/link_metrics.hpp"
#include "actors/lane/lane_metrics.hpp"
#include "net/metrics/metric_row.hpp"
#include "net/peer/peer_metrics.hpp"

#include <array>

// What a lane, a link and the port between nodes count, as /metrics names it.
// Who adds a number adds a member there and its row here.

namespace net {

using actors::lane_metrics;
using actors::link_metrics;
using actors::transport_metrics;
using peer::peer_metrics;

inline constexpr auto publication_push =
    std::to_array<metric_label>({{"frame_type", "push_publication"}});
inline constexpr auto join_push =
    std::to_array<metric_label>({{"frame_type", "push_join"}});
inline constexpr auto leave_push =
    std::to_array<metric_label>({{"frame_type", "push_leave"}});
inline constexpr auto publication_type =
    std::to_array<metric_label>({{"type", "publication"}});

inline constexpr auto reason_request =
    std::to_array<metric_label>({{"reason", "request"}});
inline constexpr auto reason_rate_limit =
    std::to_array<metric_label>({{"reason", "connection_rate_limit"}});
inline constexpr auto reason_user_limit =
    std::to_array<metric_label>({{"reason", "user_connection_limit"}});
inline constexpr auto session_here =
    std::to_array<metric_label>({{"session", "here"}});
inline constexpr auto session_elsewhere =
    std::to_array<metric_label>({{"session", "elsewhere"}});
inline constexpr auto reason_cluster_user_limit =
    std::to_array<metric_label>({{"reason", "cluster_user_connection_limit"}});
inline constexpr auto limit_connections =
    std::to_array<metric_label>({{"limit", "connection_limit"}});
inline constexpr auto limit_internal =
    std::to_array<metric_label>({{"limit", "internal_connections"}});
inline constexpr auto limit_address =
    std::to_array<metric_label>({{"limit", "connections_per_address"}});
inline constexpr auto limit_address_rate =
    std::to_array<metric_label>({{"limit", "connection_rate_per_address"}});

/// Of each transport, added up over the lanes of a node.
inline constexpr auto transport_table =
    std::to_array<metric_row<transport_metrics>>({
        {"centrifugo_client_connections_accepted",
         "Requests for a connection that were granted.",
         &transport_metrics::accepted},
        {"centrifugo_client_connections_inflight",
         "Open client connections, signed in or not.",
         &transport_metrics::open},
        {"centrifugo_transport_messages_sent_size", "Bytes written to clients.",
         &transport_metrics::bytes_sent},
        {"centrifugo_transport_messages_received_size",
         "Bytes of messages read from clients.",
         &transport_metrics::bytes_received},
    });

/// Added up over the lanes of a node.
inline constexpr auto lane_table = std::to_array<metric_row<lane_metrics>>({
    // Connections.
    {"centrifugo_node_num_clients", "Clients that are connected.",
     &lane_metrics::clients},
    {"centrifugo_node_num_users", "Users that are connected.",
     &lane_metrics::users},
    {"centrifugo_node_num_subscriptions",
     "Subscriptions of clients of this node.", &lane_metrics::subscriptions},
    {"centrifugo_node_num_channels",
     "Rooms with subscribers, summed over lanes.",
     &lane_metrics::audience_rooms},
    {"roost_connections_refused_total",
     "Upgrades and connects refused, by reason.",
     &lane_metrics::upgrades_refused, reason_request},
    {"roost_connections_refused_total",
     "Upgrades and connects refused, by reason.",
     &lane_metrics::upgrades_refused_by_rate, reason_rate_limit},
    {"roost_connections_refused_total",
     "Upgrades and connects refused, by reason.",
     &lane_metrics::connects_refused_by_user, reason_user_limit},
    {"roost_connections_refused_total",
     "Upgrades and connects refused, by reason.",
     &lane_metrics::connects_refused_by_cluster, reason_cluster_user_limit},
    {"roost_connects_without_home_total",
     "Connects let in since the home of their user did not answer.",
     &lane_metrics::connects_without_home},
    {"roost_user_places",
     "Connections in the cluster of users whose home is this node.",
     &lane_metrics::user_places},
    {"roost_sockets_refused_total",
     "Sockets turned away once accepted, by limit.",
     &lane_metrics::sockets_refused, limit_connections},
    {"roost_sockets_refused_total",
     "Sockets turned away once accepted, by limit.",
     &lane_metrics::internal_sockets_refused, limit_internal},
    {"roost_sockets_refused_total",
     "Sockets turned away once accepted, by limit.",
     &lane_metrics::sockets_refused_by_address, limit_address},
    {"roost_sockets_refused_total",
     "Sockets turned away once accepted, by limit.",
     &lane_metrics::sockets_refused_by_rate, limit_address_rate},
    {"roost_idle_connections_displaced_total",
     "Idle HTTP connections closed for new sockets.",
     &lane_metrics::idle_connections_displaced},
    {"roost_accept_pauses_total",
     "Pauses in accepting at http.listen and internal.listen because no socket "
     "could be had.",
     &lane_metrics::accept_pauses},
    {"roost_slow_consumers_total",
     "Connections closed because their queue was full.",
     &lane_metrics::slow_consumers},
    {"roost_socket_sends_total", "Writes to client sockets, without TLS.",
     &lane_metrics::socket_sends},
    {"roost_send_calls_total", "System calls that these took.",
     &lane_metrics::send_calls},
    {"roost_client_queued_bytes",
     "Bytes in the outgoing queues of connections.",
     &lane_metrics::queued_bytes},
    {"roost_session_requests_total",
     "Requests of /emulation and long polling, by where their session is.",
     &lane_metrics::session_requests_here, session_here},
    {"roost_session_requests_total",
     "Requests of /emulation and long polling, by where their session is.",
     &lane_metrics::session_requests_elsewhere, session_elsewhere},
    {"centrifugo_client_num_server_unsubscribes",
     "Unsubscribes that the server began.", &lane_metrics::unsubscribes_pushed},
    {"roost_commands_under_way_bytes",
     "Commands by /emulation or long polling that their sessions have not "
     "taken yet.",
     &lane_metrics::commands_under_way_bytes},
    {"roost_commands_refused_total",
     "Requests with commands answered 429 because too much was under way.",
     &lane_metrics::commands_refused},

    // Fan-out.
    {"centrifugo_transport_messages_sent",
     "Pushes handed to client connections.",
     &lane_metrics::publications_delivered, publication_push},
    {"centrifugo_transport_messages_sent",
     "Pushes handed to client connections.", &lane_metrics::joins_delivered,
     join_push},
    {"centrifugo_transport_messages_sent",
     "Pushes handed to client connections.", &lane_metrics::leaves_delivered,
     leave_push},
    {"roost_frames_encoded_total",
     "Frames made, once for each room, wire format and turn.",
     &lane_metrics::frames_encoded},
    {"roost_deltas_encoded_total",
     "Deltas made, once for each publication and wire format.",
     &lane_metrics::deltas_encoded},
    {"roost_delta_base_bytes", "Publications kept to make deltas from.",
     &lane_metrics::delta_base_bytes},
    {"roost_tags_filter_bytes", "Filters on tags that subscribers asked for.",
     &lane_metrics::tags_filter_bytes},
    {"roost_audience_resyncs_total", "Rooms attached again to their home.",
     &lane_metrics::audience_resyncs},
    {"roost_catching_up", "Subscriptions that get what they missed in pages.",
     &lane_metrics::catching_up},
    {"roost_member_news",
     "Clients whose coming or going the home of a room has not taken yet.",
     &lane_metrics::member_news},
    {"roost_continuity_losses_total",
     "Subscriptions told that they missed publications.",
     &lane_metrics::continuity_losses},

    // Rooms.
    {"centrifugo_node_messages_sent_count",
     "Publications that rooms of this node took and passed on.",
     &lane_metrics::publications, publication_type},
    {"centrifugo_node_messages_received_count",
     "Publications that came from homes, once for each lane.",
     &lane_metrics::publications_received, publication_type},
    {"roost_publications_suppressed_total",
     "Publications dropped by idempotency key or version.",
     &lane_metrics::publications_suppressed},
    {"roost_rooms", "Rooms whose home is this node.", &lane_metrics::rooms},
    {"roost_history_publications", "Publications kept by rooms.",
     &lane_metrics::history_publications},
    {"roost_history_bytes", "Bytes of these.", &lane_metrics::history_bytes},
    {"roost_presence_entries", "Connections in presence tables.",
     &lane_metrics::presence_entries},
    {"roost_parked_requests", "Requests that wait for a view or a hand-over.",
     &lane_metrics::parked_requests},
    {"roost_requests_refused_total",
     "Requests to rooms answered with a temporary error.",
     &lane_metrics::requests_refused},
    {"roost_shards_handed_over_total",
     "Shards whose rooms moved to another node.",
     &lane_metrics::shards_handed_over},
    {"roost_shards_lost_total",
     "Shards started empty because their node had died.",
     &lane_metrics::shards_lost},

    // Replication.
    {"roost_replication_records_in_flight",
     "Changes at homes that not every copy has yet.",
     &lane_metrics::records_in_flight},
    {"roost_copies", "Rooms of other homes that this node has a copy of.",
     &lane_metrics::copies},
    {"roost_copy_bytes", "Bytes of the history in these.",
     &lane_metrics::copy_bytes},
    {"roost_replication_errors_total", "Requests to copies that failed.",
     &lane_metrics::replication_errors},
    {"roost_replication_refused_total",
     "Changes refused: no lease, or too many waited for copies.",
     &lane_metrics::replication_refused},
    {"roost_copies_lost_total", "Copies reported because they did not keep up.",
     &lane_metrics::copies_lost},
});

/// For each peer.
inline constexpr auto link_table = std::to_array<metric_row<link_metrics>>({
    {"roost_link_up", "1 while the link to the peer works.", &link_metrics::up},
    {"roost_link_queued_bytes", "Bytes that wait to be sent.",
     &link_metrics::queued_bytes},
    {"roost_link_requests_under_way", "Requests not yet answered.",
     &link_metrics::requests_under_way},
    {"roost_link_connections_total", "How often the link came up.",
     &link_metrics::connections},
    {"roost_link_failures_total", "How often it went down.",
     &link_metrics::failures},
    {"roost_link_frames_sent_total", "Frames sent.",
     &link_metrics::frames_sent},
    {"roost_link_batches_sent_total", "Batches sent.",
     &link_metrics::batches_sent},
    {"roost_link_bytes_sent_total", "Bytes sent.", &link_metrics::bytes_sent},
    {"roost_link_frames_received_total", "Frames received.",
     &link_metrics::frames_received},
    {"roost_link_frames_broken_total", "Frames received that did not parse.",
     &link_metrics::frames_broken},
    {"roost_link_batches_received_total", "Batches received.",
     &link_metrics::batches_received},
    {"roost_link_bytes_received_total", "Bytes received.",
     &link_metrics::bytes_received},
    {"roost_link_batches_ignored_total", "Batches of an earlier connection.",
     &link_metrics::batches_ignored},
    {"roost_link_requests_refused_total",
     "Requests refused: queue full or link down.",
     &link_metrics::requests_refused},
    {"roost_link_requests_timed_out_total",
     "Requests that the peer did not answer in time.",
     &link_metrics::requests_timed_out},
    {"roost_link_events_dropped_total",
     "Room events dropped because the queue was full.",
     &link_metrics::events_dropped},
    {"roost_link_gaps_sent_total", "Rooms told to resynchronise.",
     &link_metrics::gaps_sent},
});

inline constexpr auto peer_table = std::to_array<metric_row<peer_metrics>>({
    {"roost_peer_connections_total",
     "Connections that came in at cluster.listen.", &peer_metrics::connections},
    {"roost_peer_accepted_total", "Of these, peers of the cluster.",
     &peer_metrics::accepted},
    {"roost_peer_handshakes_pending", "Handshakes under way.",
     &peer_metrics::pending},
    {"roost_peer_dials_total", "Dials to other nodes.", &peer_metrics::dials},
    {"roost_peer_dialled_total", "Of these, authenticated.",
     &peer_metrics::dialled},
    {"roost_peer_out_of_files_total",
     "Pauses in accepting because no socket could be had.",
     &peer_metrics::out_of_files},
    {"roost_peer_tls_connections", "Links that are under TLS.",
     &peer_metrics::tls_pumps},
});

} // namespace net
