#include "net/metrics/metrics_page.hpp"

#include "net/metrics/families.hpp"
#include "net/peer/refusal.hpp"
#include "proto/errors.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <type_traits>
#include <unistd.h>
#include <utility>

namespace net {

namespace {

/// What a member of lane_metrics comes to over all lanes.
template <class Value>
double sum(const gateway& node, const Value& of) {
  double total = 0;
  for (const auto& entry : node.lanes)
    total += static_cast<double>(of(entry->lane->metrics()));
  return total;
}

#define ROOST_SUM(member)                                                      \
  sum(node, [](const actors::lane_metrics& m) { return m.member.value(); })

void add_clients(metric_families& out, const gateway& node) {
  out.gauge("centrifugo_node_num_clients", "Clients that are connected.",
            ROOST_SUM(clients));
  out.gauge("centrifugo_node_num_users", "Users that are connected.",
            ROOST_SUM(users));
  out.gauge("centrifugo_node_num_subscriptions",
            "Subscriptions of clients of this node.", ROOST_SUM(subscriptions));
  out.gauge("centrifugo_node_num_channels",
            "Rooms with subscribers, summed over lanes.",
            ROOST_SUM(audience_rooms));
  out.counter("centrifugo_client_connections_accepted",
              "Upgrades to WebSocket.", ROOST_SUM(connections_accepted),
              {{"transport", "websocket"}});
  out.gauge("centrifugo_client_connections_inflight",
            "Open client connections, signed in or not.",
            ROOST_SUM(open_connections), {{"transport", "websocket"}});
  out.counter("roost_connections_refused_total",
              "Upgrades and connects refused by origin or a limit.",
              ROOST_SUM(connections_refused));
  out.counter("roost_slow_consumers_total",
              "Connections closed because their queue was full.",
              ROOST_SUM(slow_consumers));
  out.counter("roost_socket_sends_total",
              "Writes to client sockets, without TLS.",
              ROOST_SUM(socket_sends));
  out.counter("roost_send_calls_total", "System calls that these took.",
              ROOST_SUM(send_calls));
  out.gauge("roost_client_queued_bytes",
            "Bytes in the outgoing queues of connections.",
            ROOST_SUM(queued_bytes));
}

/// Whether the number is one of those that the node gives.
bool is_disconnect_code(std::uint32_t code) {
  return proto::reason(static_cast<proto::disconnect_code>(code))
         != proto::reason(proto::disconnect_code{});
}

/// Adds a histogram of all lanes; `of` gives that of one.
template <class Histogram>
void add_durations(metric_families& out, const gateway& node,
                   const std::string& name, const std::string& help,
                   const Histogram& of, metric_labels labels = {}) {
  using actors::duration_histogram;
  using actors::lane_metrics;
  std::array<double, duration_histogram::bucket_count> counts{};
  for (std::size_t k = 0; k < counts.size(); ++k)
    counts[k] = sum(
        node, [&of, k](const lane_metrics& m) { return of(m).in_bucket(k); });
  const auto nanoseconds =
      sum(node, [&of](const lane_metrics& m) { return of(m).nanoseconds(); });
  out.histogram(name, help, duration_histogram::bounds, counts,
                nanoseconds / 1e9, labels);
}

void add_command_durations(metric_families& out, const gateway& node) {
  using actors::lane_metrics;
  for (std::size_t i = 0; i < lane_metrics::command_count; ++i)
    add_durations(
        out, node, "centrifugo_client_command_duration_seconds",
        "From a command's arrival to its reply, by kind.",
        [i](const lane_metrics& m) -> auto& { return m.command_durations[i]; },
        {{"method", lane_metrics::command_kinds[i]}});
}

/// Adds a counter for each code that `Codes` of lane_metrics counts, and one
/// for the others; codes that never came up only if they are `given`.
template <auto Codes>
void add_codes(metric_families& out, const gateway& node,
               const std::string& name, const std::string& help,
               bool (*given)(std::uint32_t)) {
  using actors::lane_metrics;
  using counters =
      std::remove_cvref_t<decltype(std::declval<lane_metrics>().*Codes)>;
  counters::each_code([&](std::uint32_t code) {
    const auto n = sum(node, [code](const lane_metrics& m) { //
      return (m.*Codes).value(code);
    });
    if (n > 0 || given(code))
      out.counter(name, help, n, {{"code", std::to_string(code)}});
  });
  const auto others =
      sum(node, [](const lane_metrics& m) { return (m.*Codes).others(); });
  out.counter(name, help, others, {{"code", "other"}});
}

void add_commands(metric_families& out, const gateway& node) {
  using actors::lane_metrics;
  for (std::size_t i = 0; i < lane_metrics::command_count; ++i)
    out.counter("roost_client_commands_total", "Commands of clients, by kind.",
                sum(node, [i](const auto& m) { return m.commands[i].value(); }),
                {{"method", lane_metrics::command_kinds[i]}});
  add_codes<&lane_metrics::reply_errors>(
      out, node, "centrifugo_client_num_reply_errors",
      "Errors in replies to clients.", [](std::uint32_t) { return true; });
  add_codes<&lane_metrics::disconnects>(
      out, node, "centrifugo_client_num_server_disconnects",
      "Disconnects that the server began.", is_disconnect_code);
  out.counter("centrifugo_client_num_server_unsubscribes",
              "Unsubscribes that the server began.",
              ROOST_SUM(unsubscribes_pushed));
}

void add_fan_out(metric_families& out, const gateway& node) {
  const std::string sent = "centrifugo_transport_messages_sent";
  const std::string help = "Pushes handed to client connections.";
  out.counter(sent, help, ROOST_SUM(publications_delivered),
              {{"transport", "websocket"}, {"frame_type", "push_publication"}});
  out.counter(sent, help, ROOST_SUM(joins_delivered),
              {{"transport", "websocket"}, {"frame_type", "push_join"}});
  out.counter(sent, help, ROOST_SUM(leaves_delivered),
              {{"transport", "websocket"}, {"frame_type", "push_leave"}});
  out.counter("centrifugo_transport_messages_sent_size",
              "Bytes written to clients.", ROOST_SUM(bytes_sent),
              {{"transport", "websocket"}});
  out.counter("centrifugo_transport_messages_received_size",
              "Bytes of messages read from clients.", ROOST_SUM(bytes_received),
              {{"transport", "websocket"}});
  out.counter("roost_frames_encoded_total",
              "Frames made, once for each room, wire format and turn.",
              ROOST_SUM(frames_encoded));
  out.counter("roost_audience_resyncs_total",
              "Rooms attached again to their home.",
              ROOST_SUM(audience_resyncs));
  out.counter("roost_continuity_losses_total",
              "Subscriptions told that they missed publications.",
              ROOST_SUM(continuity_losses));
}

void add_rooms(metric_families& out, const gateway& node) {
  out.counter("centrifugo_node_messages_sent_count",
              "Publications that rooms of this node took and passed on.",
              ROOST_SUM(publications), {{"type", "publication"}});
  out.counter("centrifugo_node_messages_received_count",
              "Publications that came from homes, once for each lane.",
              ROOST_SUM(publications_received), {{"type", "publication"}});
  out.counter("roost_publications_suppressed_total",
              "Publications dropped by idempotency key or version.",
              ROOST_SUM(publications_suppressed));
  out.gauge("roost_rooms", "Rooms whose home is this node.", ROOST_SUM(rooms));
  out.gauge("roost_history_publications", "Publications kept by rooms.",
            ROOST_SUM(history_publications));
  out.gauge("roost_history_bytes", "Bytes of these.", ROOST_SUM(history_bytes));
  out.gauge("roost_presence_entries", "Connections in presence tables.",
            ROOST_SUM(presence_entries));
  out.gauge("roost_parked_requests",
            "Requests that wait for a view or a hand-over.",
            ROOST_SUM(parked_requests));
  out.counter("roost_requests_refused_total",
              "Requests to rooms answered with a temporary error.",
              ROOST_SUM(requests_refused));
  out.counter("roost_shards_handed_over_total",
              "Shards whose rooms moved to another node.",
              ROOST_SUM(shards_handed_over));
  out.counter("roost_shards_lost_total",
              "Shards started empty because their node had died.",
              ROOST_SUM(shards_lost));
  add_durations(
      out, node, "roost_shard_pause_seconds",
      "From a view that moves a shard here until its rooms are served.",
      [](const actors::lane_metrics& m) -> auto& { return m.shard_pauses; });
}

void add_replication(metric_families& out, const gateway& node) {
  out.gauge("roost_replication_records_in_flight",
            "Changes at homes that not every copy has yet.",
            ROOST_SUM(records_in_flight));
  out.gauge("roost_copies",
            "Rooms of other homes that this node has a copy of.",
            ROOST_SUM(copies));
  out.gauge("roost_copy_bytes", "Bytes of the history in these.",
            ROOST_SUM(copy_bytes));
  out.counter("roost_replication_errors_total",
              "Requests to copies that failed.", ROOST_SUM(replication_errors));
  out.counter("roost_replication_refused_total",
              "Changes refused: no lease, or too many waited for copies.",
              ROOST_SUM(replication_refused));
  out.counter("roost_copies_lost_total",
              "Copies reported because they did not keep up.",
              ROOST_SUM(copies_lost));
}

#undef ROOST_SUM

void add_link(metric_families& out, const actors::link_metrics& link) {
  const metric_labels peer{{"peer", link.peer}};
  auto count = [&](const char* name, const char* help,
                   const actors::counter& value) {
    out.counter(std::string{"roost_link_"} + name + "_total", help,
                static_cast<double>(value.value()), peer);
  };
  out.gauge("roost_link_up", "1 while the link to the peer works.",
            static_cast<double>(link.up.value()), peer);
  out.gauge("roost_link_round_trip_seconds", "Of the last ping.",
            static_cast<double>(link.round_trip_ns.load()) / 1e9, peer);
  out.gauge("roost_link_queued_bytes", "Bytes that wait to be sent.",
            static_cast<double>(link.queued_bytes.value()), peer);
  out.gauge("roost_link_requests_under_way", "Requests not yet answered.",
            static_cast<double>(link.requests_under_way.value()), peer);
  count("connections", "How often the link came up.", link.connections);
  count("failures", "How often it went down.", link.failures);
  count("frames_sent", "Frames sent.", link.frames_sent);
  count("batches_sent", "Batches sent.", link.batches_sent);
  count("bytes_sent", "Bytes sent.", link.bytes_sent);
  count("frames_received", "Frames received.", link.frames_received);
  count("batches_received", "Batches received.", link.batches_received);
  count("bytes_received", "Bytes received.", link.bytes_received);
  count("batches_ignored", "Batches of an earlier connection.",
        link.batches_ignored);
  count("requests_refused", "Requests refused: queue full or link down.",
        link.requests_refused);
  count("requests_timed_out", "Requests that the peer did not answer in time.",
        link.requests_timed_out);
  count("events_dropped", "Room events dropped because the queue was full.",
        link.events_dropped);
  count("gaps_sent", "Rooms told to resynchronise.", link.gaps_sent);
}

void add_peers(metric_families& out, const peer::peer_metrics& peers) {
  out.counter("roost_peer_connections_total",
              "Connections that came in at cluster.listen.",
              static_cast<double>(peers.connections.load()));
  out.counter("roost_peer_accepted_total", "Of these, peers of the cluster.",
              static_cast<double>(peers.accepted.load()));
  out.gauge("roost_peer_handshakes_pending", "Handshakes under way.",
            static_cast<double>(peers.pending.load()));
  out.counter("roost_peer_dials_total", "Dials to other nodes.",
              static_cast<double>(peers.dials.load()));
  out.counter("roost_peer_dialled_total", "Of these, authenticated.",
              static_cast<double>(peers.dialled.load()));
  out.counter("roost_peer_out_of_files_total",
              "Pauses in accepting because no socket could be had.",
              static_cast<double>(peers.out_of_files.load()));
  out.gauge("roost_peer_tls_connections", "Links that are under TLS.",
            static_cast<double>(peers.tls_pumps.load()));
  for (std::size_t i = 0; i < peer::refusal_reason_count; ++i) {
    const metric_labels reason{
        {"reason",
         std::string{to_string(static_cast<peer::refusal_reason>(i))}}};
    out.counter("roost_peer_refused_total", "Connections refused, by reason.",
                static_cast<double>(peers.refused[i].load()), reason);
    out.counter("roost_peer_dials_failed_total",
                "Dials that failed, by reason.",
                static_cast<double>(peers.dials_failed[i].load()), reason);
  }
}

void add_view(metric_families& out, const gateway& node) {
  out.gauge("centrifugo_node_num_nodes", "Nodes in the current view.",
            static_cast<double>(node.view_nodes.load()));
  out.gauge("roost_view_number", "Number of the current view.",
            static_cast<double>(node.view_number.load()));
  out.gauge("roost_shards_home", "Shards whose home is this node.",
            static_cast<double>(node.shards_home.load()));
  out.gauge("roost_shards_without_home",
            "Shards of the current view that nobody serves.",
            static_cast<double>(node.shards_without_home.load()));
  out.gauge("roost_shards_lacking_copies",
            "Shards of the current view with fewer copies in sync than this "
            "node's configuration asks for.",
            static_cast<double>(node.shards_lacking_copies.load()));
}

void add_coordinator(metric_families& out,
                     const actors::coordinator_standing& x) {
  out.gauge("roost_coordinator_leads",
            "1 while this node's coordinator decides on views.",
            x.leads ? 1 : 0);
  out.gauge("roost_coordinator_term",
            "The newest election that this node's coordinator knows of.",
            static_cast<double>(x.term.load()));
}

void add_process(metric_families& out) {
  std::ifstream statm{"/proc/self/statm"};
  double pages = 0;
  double resident = 0;
  if (statm >> pages >> resident)
    out.gauge("process_resident_memory_bytes", "Resident memory size in bytes.",
              resident * static_cast<double>(sysconf(_SC_PAGESIZE)));
}

} // namespace

std::string render_metrics(const metrics_sources& sources) {
  const auto& node = *sources.node;
  metric_families out;
  out.gauge("centrifugo_node_build", "Version of the node.", 1,
            {{"version", node.services->version}});
  add_view(out, node);
  if (sources.coordinator != nullptr)
    add_coordinator(out, *sources.coordinator);
  add_clients(out, node);
  add_commands(out, node);
  add_command_durations(out, node);
  add_fan_out(out, node);
  add_rooms(out, node);
  add_replication(out, node);
  if (sources.links != nullptr)
    for (const auto& link : sources.links->snapshot())
      add_link(out, *link);
  if (sources.peers != nullptr)
    add_peers(out, *sources.peers);
  add_process(out);
  return out.render();
}

} // namespace net
