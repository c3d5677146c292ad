#include "net/metrics/metrics_page.hpp"

#include "actors/client/connection/connection.hpp"
#include "cluster-config/transport.hpp"
#include "net/metrics/families.hpp"
#include "net/metrics/metric_tables.hpp"
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

/// What `of` a lane's numbers comes to over all lanes.
template <class Value>
double sum(const gateway& node, const Value& of) {
  double total = 0;
  for (const auto& entry : node.lanes)
    total += static_cast<double>(of(entry->lane->metrics()));
  return total;
}

void add_lanes(metric_families& out, const gateway& node) {
  for (const auto& row : lane_table)
    add_row(out, row,
            sum(node, [&row](const auto& m) { return row.value_in(m); }),
            row.labels);
}

/// Transports that are turned off are there, too: what a dashboard shows does
/// not come and go with the configuration.
void add_transports(metric_families& out, const gateway& node) {
  static_assert(config::transport_count
                <= actors::lane_metrics::max_transports);
  for (const auto& row : transport_table)
    for (std::size_t i = 0; i < config::transport_count; ++i)
      add_row(out, row,
              sum(node,
                  [&row, i](const auto& m) {
                    return row.value_in(m.transports[i]);
                  }),
              {{"transport", config::transport_names[i]}});
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
  const auto names = actors::connection::command_names();
  for (std::size_t i = 0; i < names.size(); ++i)
    add_durations(
        out, node, "centrifugo_client_command_duration_seconds",
        "From a command's arrival to its reply, by kind.",
        [i](const lane_metrics& m) -> auto& { return m.command_durations[i]; },
        {{"method", names[i]}});
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
  const auto names = actors::connection::command_names();
  for (std::size_t i = 0; i < names.size(); ++i)
    out.counter("roost_client_commands_total", "Commands of clients, by kind.",
                sum(node, [i](const auto& m) { return m.commands[i].value(); }),
                {{"method", names[i]}});
  add_codes<&lane_metrics::reply_errors>(
      out, node, "centrifugo_client_num_reply_errors",
      "Errors in replies to clients.", [](std::uint32_t) { return true; });
  add_codes<&lane_metrics::disconnects>(
      out, node, "centrifugo_client_num_server_disconnects",
      "Disconnects that the server began.", is_disconnect_code);
}

void add_shard_pauses(metric_families& out, const gateway& node) {
  add_durations(
      out, node, "roost_shard_pause_seconds",
      "From a view that moves a shard here until its rooms are served.",
      [](const actors::lane_metrics& m) -> auto& { return m.shard_pauses; });
}

void add_link(metric_families& out, const actors::link_metrics& link) {
  const auto peer = std::to_array<metric_label>({{"peer", link.peer}});
  for (const auto& row : link_table)
    add_row(out, row, row.value_in(link), peer);
  out.gauge("roost_link_round_trip_seconds", "Of the last ping.",
            static_cast<double>(link.round_trip_ns.load()) / 1e9, peer);
}

void add_peers(metric_families& out, const peer::peer_metrics& peers) {
  for (const auto& row : peer_table)
    add_row(out, row, row.value_in(peers), row.labels);
  for (std::size_t i = 0; i < peer::refusal_reason_count; ++i) {
    const auto why = static_cast<peer::refusal_reason>(i);
    const auto reason =
        std::to_array<metric_label>({{"reason", to_string(why)}});
    out.counter("roost_peer_refused_total", "Connections refused, by reason.",
                static_cast<double>(peers.refused_for(why)), reason);
    out.counter("roost_peer_dials_failed_total",
                "Dials that failed, by reason.",
                static_cast<double>(peers.dials_failed_for(why)), reason);
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
  add_lanes(out, node);
  add_transports(out, node);
  add_commands(out, node);
  add_command_durations(out, node);
  add_shard_pauses(out, node);
  if (sources.links != nullptr)
    for (const auto& link : sources.links->snapshot())
      add_link(out, *link);
  if (sources.peers != nullptr)
    add_peers(out, *sources.peers);
  add_process(out);
  return out.render();
}

} // namespace net
