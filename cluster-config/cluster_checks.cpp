#include "cluster-config/checks.hpp"
#include "cluster-config/raw_value.hpp"

#include <algorithm>

namespace config {

namespace {

constexpr std::size_t least_secret = 16;

void check_coordinators(const cluster_section& cluster,
                        const key_places& places) {
  const auto& named = cluster.coordinators;
  // An even number stands no more failures than the odd one below it.
  if (named.size() != 1 && named.size() != 3 && named.size() != 5)
    places.refuse("cluster.coordinators",
                  std::to_string(named.size()) + " addresses", "1, 3 or 5");
  for (auto x = named.begin(); x != named.end(); ++x)
    if (std::find(named.begin(), x, *x) != x)
      places.refuse("cluster.coordinators", in_quotes(to_string(*x)) + " twice",
                    "the address of each coordinator once");
}

void find_advertised(cluster_section& cluster, const key_places& places) {
  if (!cluster.advertise.empty())
    return;
  if (cluster.listen.wildcard())
    places.refuse("cluster.advertise",
                  "none with cluster.listen "
                      + in_quotes(to_string(cluster.listen)),
                  "\"host:port\" that other nodes can reach");
  cluster.advertise = cluster.listen;
}

/// A coordinator that the others do not know has no say, and one that is named
/// and does not take part is missed in every majority.
void check_coordinator_role(const node_config& config,
                            const key_places& places) {
  const auto& cluster = *config.cluster;
  const auto& named = cluster.coordinators;
  bool is_named =
      std::find(named.begin(), named.end(), cluster.advertise) != named.end();
  if (config.node.roles.coordinator == is_named)
    return;
  auto own = in_quotes(to_string(cluster.advertise));
  if (is_named)
    places.refuse("node.roles",
                  "no \"coordinator\", but cluster.coordinators names " + own,
                  "\"coordinator\" on the node that advertises this address");
  places.refuse("node.roles",
                "\"coordinator\", but cluster.coordinators does not name "
                    + own,
                "[\"gateway\"] on this node, or its cluster.advertise among"
                " cluster.coordinators");
}

void check_tls(const cluster_section& cluster, const key_places& places) {
  const std::pair<std::string, const std::string*> keys[] = {
      {"tls_certificate", &cluster.tls_certificate},
      {"tls_key", &cluster.tls_key},
      {"tls_ca", &cluster.tls_ca}};
  std::string given;
  for (const auto& [key, value] : keys)
    if (!value->empty())
      given = key;
  for (const auto& [key, value] : keys)
    if (!given.empty() && value->empty())
      places.refuse("cluster." + key, "none with cluster." + given,
                    "tls_certificate, tls_key and tls_ca together, or none");
}

void check_secret(const cluster_section& cluster, const key_places& places) {
  if (!cluster.secret_file.empty() && !cluster.secret.empty())
    places.refuse("cluster.secret_file", "a file beside cluster.secret",
                  "one of the two");
  if (!cluster.secret.empty() && cluster.secret.size() < least_secret)
    places.refuse("cluster.secret",
                  std::to_string(cluster.secret.size()) + " bytes",
                  "at least 16 bytes");
  if (cluster.secret.empty() && cluster.secret_file.empty() && !cluster.tls())
    places.refuse("cluster.secret", "none",
                  "at least 16 bytes here or in secret_file, or"
                  " tls_certificate, tls_key and tls_ca");
}

} // namespace

void check_cluster(node_config& config, const key_places& places) {
  auto& cluster = *config.cluster;
  check_coordinators(cluster, places);
  find_advertised(cluster, places);
  check_coordinator_role(config, places);
  check_tls(cluster, places);
  check_secret(cluster, places);
}

} // namespace config
