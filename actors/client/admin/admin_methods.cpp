#include "actors/client/admin/admin_methods.hpp"

#include "actors/client/api/api_error.hpp"
#include "actors/client/api/node_methods.hpp"
#include "actors/room/room_directory.hpp"
#include "proto/json_codec.hpp"

#include <utility>

namespace actors {

// -- answers ------------------------------------------------------------------

void admin_methods::answer::result(
    const google::protobuf::Message& message) const {
  std::string body = "{\"result\":";
  if (!proto::append_json(message, body)) // binary data of some client
    return error(proto::errc::internal);
  body += '}';
  done_({200, std::move(body)});
}

void admin_methods::answer::error(std::uint32_t code,
                                  std::string_view message) const {
  done_({200, "{\"error\":" + admin_error_json(code, message) + '}'});
}

void admin_methods::answer::error(proto::errc code) const {
  error(static_cast<std::uint32_t>(code));
}

void admin_methods::answer::unreadable(std::string why) const {
  done_({400, std::move(why)});
}

void admin_methods::answer::unknown(std::string_view method) const {
  done_({404, "there is no method " + std::string{method}});
}

// -- dispatch -----------------------------------------------------------------

template <class Request, class Handler>
void admin_methods::read(std::string_view body, const answer& done,
                         Handler handler) {
  Request request;
  if (auto error = proto::parse_json(body, request))
    return done.unreadable(std::move(*error));
  handler(request);
}

void admin_methods::call(std::string_view method, std::string_view body,
                         api::on_done done) {
  using namespace roost::admin;
  const answer out{std::move(done)};
  if (method == "nodes")
    return read<NodesRequest>(body, out, [&](auto&) { nodes(out); });
  if (method == "rooms")
    return read<RoomsRequest>(body, out, [&](auto& x) { rooms(x, out); });
  if (method == "room")
    return read<RoomRequest>(body, out, [&](auto& x) { room(x, out); });
  if (method == "connections")
    return read<ConnectionsRequest>(body, out,
                                    [&](auto& x) { connections(x, out); });
  if (method == "publish")
    return read<PublishRequest>(body, out, [&](auto& x) { publish(x, out); });
  if (method == "disconnect")
    return read<DisconnectRequest>(body, out,
                                   [&](auto& x) { disconnect(x, out); });
  if (method == "drain")
    return read<DrainRequest>(body, out, [&](auto& x) { drain(x, out); });
  if (method == "view")
    return read<ViewRequest>(body, out, [&](auto&) { view(out); });
  out.unknown(method);
}

// -- commands about connections -----------------------------------------------

void admin_methods::connections(const roost::admin::ConnectionsRequest& request,
                                answer done) {
  roost::link::NodeRequest message;
  message.mutable_connections()->set_user(request.user());
  message.mutable_connections()->set_limit(max_connections);
  ask_.nodes(std::move(message), [done](const node_replies& replies) {
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

void admin_methods::disconnect(const roost::admin::DisconnectRequest& request,
                               answer done) {
  if ((request.user().empty() && request.client().empty())
      || !valid_disconnect(request.code(), request.reason()))
    return done.error(proto::errc::bad_request);
  roost::link::NodeRequest message;
  auto& body = *message.mutable_disconnect();
  body.set_user(request.user());
  body.set_client(request.client());
  body.set_code(request.code());
  body.set_reason(request.reason());
  ask_.nodes(std::move(message), [done](const node_replies& replies) {
    roost::admin::DisconnectResult result;
    for (const auto& [node, reply] : replies)
      if (reply->has_error())
        result.add_unreachable_nodes(node);
      else
        (*result.mutable_connections_by_node())[node] = reply->reached();
    done.result(result);
  });
}

void admin_methods::publish(roost::admin::PublishRequest& request,
                            answer done) {
  roost::api::Command command;
  auto& body = *command.mutable_publish();
  body.mutable_channel()->swap(*request.mutable_channel());
  body.mutable_data()->swap(*request.mutable_data());
  api_.execute(command, [done](roost::api::Reply& reply) {
    if (reply.has_error())
      return done.error(reply.error().code(), reply.error().message());
    roost::admin::PublishResult result;
    result.set_offset(reply.publish().offset());
    result.set_epoch(reply.publish().epoch());
    done.result(result);
  });
}

} // namespace actors
