#include "cluster-config/option_table.hpp"

namespace config {

using namespace std::chrono_literals;

namespace {

using section = section_options<node_config, cluster_section>;

void add_addresses(section& out) {
  out.add("name", &cluster_section::name, identifier(false),
          "Name of the cluster; nodes of another one are refused.")
      .add(
          "coordinators", &cluster_section::coordinators, peer_addresses(),
          "Addresses of the coordinator nodes, as they advertise them; the same"
          " on every node. 1, 3 or 5: they decide by majority, so that 1 of 3,"
          " or 2 of 5, may fail.")
      .add("listen", &cluster_section::listen, listen_address(),
           "Where other nodes connect.")
      .add("advertise", &cluster_section::advertise, peer_address(),
           "What other nodes connect to. Empty: `listen`, which then must be an"
           " address that they can reach.");
}

void add_credentials(section& out) {
  auto file = [] {
    return text("a PEM file, or \"\"");
  };
  out.add("secret", &cluster_section::secret,
          secret_text("a string of at least 16 bytes"),
          "Proves that a node belongs to the cluster; the same on every node,"
          " at least 16 bytes. Not needed with TLS.")
      .add("secret_file", &cluster_section::secret_file,
           text("a readable file, or \"\""), "File in place of `secret`.")
      .add("tls_certificate", &cluster_section::tls_certificate, file(),
           "PEM file with this node's certificate. All three TLS keys go"
           " together and make links encrypted, with certificates on both"
           " sides.")
      .add("tls_key", &cluster_section::tls_key, file(),
           "PEM file with the private key of `tls_certificate`.")
      .add("tls_ca", &cluster_section::tls_ca, file(),
           "PEM file with the authority that signs the certificates of nodes."
           " Whoever holds a certificate of this authority is trusted.");
}

void add_placement(section& out) {
  out.add("failure_timeout", &cluster_section::failure_timeout,
          time(500ms, 60s), "Silence after which a node is taken for dead.")
      .add("shards", &cluster_section::shards, integer(1, 65536),
           "Groups of rooms that move together; the same on every node.")
      .add("weight", &cluster_section::weight, integer(1, 10000),
           "This node's part of the shards, relative to the weights of the"
           " others.")
      .add("settle", &cluster_section::settle, time(0s, 60s),
           "How long a coordinator that does not know for certain what was"
           " decided last waits to hear of it from nodes before it says who"
           " holds what.");
}

void add_decisions(section& out) {
  out.add("data_dir", &cluster_section::data_dir,
          text("a folder that exists, or \"\""),
          "Where a coordinator keeps what was decided. Empty: in memory; when"
          " all coordinators were restarted they ask the nodes.")
      .add("concurrent_moves", &cluster_section::concurrent_moves,
           integer(1, 65536),
           "Copies of shards that are being made at the same time in the whole"
           " cluster.")
      .add("unclean_takeover", &cluster_section::unclean_takeover, boolean(),
           "A shard whose copies are all lost starts again on another node,"
           " without the history of its rooms, two failure_timeouts later."
           " `false`: it stays unavailable until a node that has a copy is"
           " back.");
}

void add_links(section& out) {
  out.add("link_queue_bytes", &cluster_section::link_queue_bytes,
          bytes(64 * kibibyte, 4096 * mebibyte),
          "Bytes that wait for one other node; above it rooms resynchronise.")
      .add("request_timeout", &cluster_section::request_timeout,
           time(100ms, 60s),
           "How long a request to another node may take before it is answered"
           " with a temporary error.")
      .add("hand_over_timeout", &cluster_section::hand_over_timeout,
           time(0s, 10min),
           "How long a stopping node may take to hand over its shards.");
}

} // namespace

void add_cluster_options(node_option_list& out) {
  section cluster{out, "cluster.", [](node_config& c) -> cluster_section& {
                    if (!c.cluster)
                      c.cluster.emplace();
                    return *c.cluster;
                  }};
  add_addresses(cluster);
  add_credentials(cluster);
  add_placement(cluster);
  add_decisions(cluster);
  add_links(cluster);
}

} // namespace config
