#include "cluster-config/option_table.hpp"

namespace config {

using namespace std::chrono_literals;

namespace {

using section = section_options<node_config, limits_section>;

void add_rooms(section& out) {
  out.add("rooms_per_node", &limits_section::rooms_per_node, integer(1, many),
          "Rooms whose home is this node.")
      .add("room_history_bytes", &limits_section::room_history_bytes,
           bytes(4 * kibibyte, 4096 * mebibyte),
           "Bytes of history of one room; the oldest publications go first.")
      .add("room_presence_members", &limits_section::room_presence_members,
           integer(1, many),
           "Connections in the presence table of one room; more may join and"
           " are not in it.")
      .add("room_idempotency_keys", &limits_section::room_idempotency_keys,
           integer(1, many),
           "Idempotency keys that one room remembers; the oldest go first.")
      .add("idempotency_ttl", &limits_section::idempotency_ttl, time(1s, 24h),
           "How long a room remembers an idempotency key.");
}

void add_queues(section& out) {
  out.add("shard_parked_requests", &limits_section::shard_parked_requests,
          integer(1, many), "Requests that wait at one shard while it moves.")
      .add("audience_parked_requests",
           &limits_section::audience_parked_requests, integer(1, many),
           "Requests of one lane's clients that wait for another node.")
      .add("api_requests", &limits_section::api_requests, integer(1, many),
           "Requests of the server API and of admins under way.")
      .add("api_batch_commands", &limits_section::api_batch_commands,
           integer(1, many), "Commands in one batch of the server API.")
      .add("internal_connections", &limits_section::internal_connections,
           integer(1, 1'000'000),
           "Connections to the internal address. At the limit the one that has"
           " been idle longest is closed for a new one. So many descriptors are"
           " kept from clients, as far as half of all suffices.");
}

} // namespace

void add_limit_options(node_option_list& out) {
  section limits{out, "limits.", [](node_config& c) -> limits_section& {
                   return c.limits;
                 }};
  add_rooms(limits);
  add_queues(limits);
}

} // namespace config
