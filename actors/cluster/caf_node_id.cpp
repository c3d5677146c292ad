#include "actors/cluster/caf_node_id.hpp"

#include "actors/cluster/link/link_messages.hpp"

#include <caf/io/middleman.hpp>
#include <caf/node_id.hpp>

#include <algorithm>
#include <random>

namespace actors {

namespace {

caf::node_id random_node_id() {
  // Straight from the system: this is what keeps two nodes apart.
  std::random_device chance;
  std::uniform_int_distribution<std::uint32_t> process_id{1};
  caf::node_id::default_data::host_id_type host;
  std::uniform_int_distribution<unsigned> any_byte{0, 255};
  for (auto& x : host)
    x = static_cast<std::uint8_t>(any_byte(chance));
  return caf::make_node_id(process_id(chance), host);
}

} // namespace

void caf_node_id::init(caf::actor_system_config&) {
  // CAF has no setter. The member behind this reference is not const.
  const_cast<caf::node_id&>(system_.node()) = random_node_id();
}

void configure(caf::actor_system_config& cfg, bool clustered,
               std::chrono::milliseconds failure_timeout) {
  using namespace std::chrono_literals;
  add_message_types(cfg);
  cfg.set("scheduler.policy", caf::atom("sharing"));
  cfg.set("scheduler.max-threads", std::size_t{1});
  cfg.set("scheduler.max-throughput", std::size_t{200});
  cfg.set("logger.file-verbosity", caf::atom("quiet"));
  cfg.set("logger.console", caf::atom("none"));
  if (!clustered)
    return;
  const auto timeout = std::max(failure_timeout, 100ms);
  cfg.load<caf::io::middleman>();
  cfg.set("middleman.workers", std::size_t{0});
  cfg.set("middleman.enable-automatic-connections", false);
  // A connection that is being made is killed at a tick, so not too many.
  cfg.set("middleman.heartbeat-interval", caf::timespan{timeout});
  cfg.set("middleman.connection-timeout", caf::timespan{3 * timeout});
  cfg.load<caf_node_id>();
}

} // namespace actors
