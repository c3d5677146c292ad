#include "actors/client/admin/admin_connection_methods.hpp"

#include "actors/client/api/api_node_methods.hpp"
#include "proto/admin.pb.h"

#include <cstdint>
#include <utility>

namespace actors {

namespace {

using node_replies = cluster_questions::node_replies;

/// Connections of one node in an answer.
constexpr std::uint32_t max_connections = 1'000;

void list_connections(const admin_context& context,
                      const roost::admin::ConnectionsRequest& request,
                      admin_answer done) {
  roost::link::NodeRequest message;
  message.mutable_connections()->set_user(request.user());
  message.mutable_connections()->set_limit(max_connections);
  context.ask.nodes(std::move(message), [done](const node_replies& replies) {
    roost::admin::ConnectionsResult result;
    for (const auto& [node, reply] : replies) {
      if (reply->has_error()) // those of that node are missing
        result.set_truncated(true);
      if (reply->connections().truncated())
        result.set_truncated(true);
      for (const auto& from : reply->connections().connections()) {
        auto& to = *result.add_connections();
        to.set_client(from.client());
        to.set_user(from.user());
        to.set_node(from.node());
        to.set_transport(from.transport());
        to.set_protocol(from.protocol());
        to.set_remote_address(from.remote_address());
        to.set_connected_ms(from.connected_ms());
        *to.mutable_channels() = from.channels();
        to.set_name(from.name());
        to.set_version(from.version());
      }
    }
    done.result(result);
  });
}

void disconnect_clients(const admin_context& context,
                        const roost::admin::DisconnectRequest& request,
                        admin_answer done) {
  if ((request.user().empty() && request.client().empty())
      || !valid_disconnect(request.code(), request.reason()))
    return done.error(proto::errc::bad_request);
  roost::link::NodeRequest message;
  auto& body = *message.mutable_disconnect();
  body.set_user(request.user());
  body.set_client(request.client());
  body.set_code(request.code());
  body.set_reason(request.reason());
  context.ask.nodes(std::move(message), [done](const node_replies& replies) {
    roost::admin::DisconnectResult result;
    for (const auto& [node, reply] : replies)
      if (reply->has_error())
        result.add_unreachable_nodes(node);
      else
        (*result.mutable_connections_by_node())[node] = reply->reached();
    done.result(result);
  });
}

constexpr admin_method connection_rows[] = {
    {"connections", admin_call<list_connections>::run},
    {"disconnect", admin_call<disconnect_clients>::run},
};

} // namespace

admin_method_table admin_connection_methods() {
  return connection_rows;
}

} // namespace actors
