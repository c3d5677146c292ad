#include "actors/client/api/api_methods.hpp"
#include "proto/json_codec.hpp"

#include <utility>

// Methods that every node of the cluster answers.

namespace actors {

namespace {

/// The longest reason that fits into a close frame.
constexpr std::size_t max_reason = 123;

} // namespace

bool valid_disconnect(std::uint32_t code, const std::string& reason) {
  if (code == 0)
    return reason.empty();
  // Clients would take a reason that is JSON for an object.
  return code >= 3000 && code <= 4999 && reason.size() <= max_reason
         && !proto::is_json(reason);
}

void api_methods::tell_users(roost::link::NodeRequest request, on_reply done,
                             void (*succeed)(roost::api::Reply&)) {
  ask_.nodes(std::move(request),
             [done, succeed](const cluster_questions::node_replies& replies) {
               // Whoever asked can repeat it; he can't know what we don't.
               for (const auto& [node, reply] : replies)
                 if (reply->has_error())
                   return fail(done, reply->error().code(),
                               reply->error().message());
               roost::api::Reply reply;
               succeed(reply);
               done(reply);
             });
}

void api_methods::subscribe(roost::api::SubscribeRequest& request,
                            on_reply done) {
  if (request.user().empty())
    return fail(done, proto::errc::bad_request);
  if (find(request.channel(), done) == nullptr)
    return;
  roost::link::NodeRequest message;
  auto& body = *message.mutable_subscribe();
  body.set_user(request.user());
  body.set_client(request.client());
  body.set_session(request.session());
  body.set_channel(request.channel());
  body.set_expire_at(request.expire_at());
  body.set_info(request.b64info().empty() ? request.info() : request.b64info());
  body.set_data(request.b64data().empty() ? request.data() : request.b64data());
  if (request.has_recover_since()) {
    body.mutable_recover_since()->set_offset(request.recover_since().offset());
    body.mutable_recover_since()->set_epoch(request.recover_since().epoch());
  }
  if (request.has_override()) {
    const auto& from = request.override();
    auto& to = *body.mutable_override();
    if (from.has_presence())
      to.mutable_presence()->set_value(from.presence().value());
    if (from.has_join_leave())
      to.mutable_join_leave()->set_value(from.join_leave().value());
    if (from.has_force_recovery())
      to.mutable_force_recovery()->set_value(from.force_recovery().value());
    if (from.has_force_positioning())
      to.mutable_force_positioning()->set_value(
          from.force_positioning().value());
    if (from.has_force_push_join_leave())
      to.mutable_force_push_join_leave()->set_value(
          from.force_push_join_leave().value());
  }
  tell_users(std::move(message), std::move(done),
             [](roost::api::Reply& reply) { reply.mutable_subscribe(); });
}

void api_methods::unsubscribe(const roost::api::UnsubscribeRequest& request,
                              on_reply done) {
  if (request.user().empty())
    return fail(done, proto::errc::bad_request);
  if (!request.channel().empty() && find(request.channel(), done) == nullptr)
    return;
  roost::link::NodeRequest message;
  auto& body = *message.mutable_unsubscribe();
  body.set_user(request.user());
  body.set_client(request.client());
  body.set_session(request.session());
  body.set_channel(request.channel());
  tell_users(std::move(message), std::move(done),
             [](roost::api::Reply& reply) { reply.mutable_unsubscribe(); });
}

void api_methods::disconnect(const roost::api::DisconnectRequest& request,
                             on_reply done) {
  if (request.user().empty())
    return fail(done, proto::errc::bad_request);
  const auto& how = request.disconnect();
  if (!valid_disconnect(how.code(), how.reason()))
    return fail(done, proto::errc::bad_request);
  roost::link::NodeRequest message;
  auto& body = *message.mutable_disconnect();
  body.set_user(request.user());
  body.set_client(request.client());
  body.set_session(request.session());
  *body.mutable_whitelist() = request.whitelist();
  body.set_code(how.code());
  body.set_reason(how.reason());
  tell_users(std::move(message), std::move(done),
             [](roost::api::Reply& reply) { reply.mutable_disconnect(); });
}

void api_methods::refresh(roost::api::RefreshRequest& request, on_reply done) {
  if (request.user().empty())
    return fail(done, proto::errc::bad_request);
  roost::link::NodeRequest message;
  auto& body = *message.mutable_refresh();
  body.set_user(request.user());
  body.set_client(request.client());
  body.set_session(request.session());
  body.set_expired(request.expired());
  body.set_expire_at(request.expire_at());
  body.set_info(request.info());
  tell_users(std::move(message), std::move(done),
             [](roost::api::Reply& reply) { reply.mutable_refresh(); });
}

void api_methods::channels(const roost::api::ChannelsRequest& request,
                           on_reply done) {
  roost::link::NodeRequest message;
  message.mutable_channels()->set_pattern(request.pattern());
  ask_.nodes(std::move(message),
             [done](const cluster_questions::node_replies& replies) {
               roost::api::Reply reply;
               auto& all = *reply.mutable_channels()->mutable_channels();
               for (const auto& [node, answer] : replies) {
                 if (answer->has_error())
                   return fail(done, answer->error().code(),
                               answer->error().message());
                 for (const auto& [room, count] :
                      answer->channels().channels()) {
                   auto& entry = all[room];
                   entry.set_num_clients(entry.num_clients() + count);
                 }
               }
               done(reply);
             });
}

void api_methods::info(on_reply done) {
  roost::link::NodeRequest message;
  message.mutable_info();
  ask_.nodes(std::move(message),
             [done](const cluster_questions::node_replies& replies) {
               roost::api::Reply reply;
               auto& result = *reply.mutable_info();
               for (const auto& [node, answer] : replies) {
                 if (!answer->has_info())
                   continue; // not reachable, so not there
                 const auto& from = answer->info();
                 auto& to = *result.add_nodes();
                 to.set_uid(from.uid());
                 to.set_name(from.name());
                 to.set_version(from.version());
                 to.set_num_clients(from.num_clients());
                 to.set_num_users(from.num_users());
                 to.set_num_channels(from.num_channels());
                 to.set_num_subs(from.num_subs());
                 to.set_uptime(from.uptime());
                 auto& metrics = *to.mutable_metrics();
                 metrics.set_interval(5);
                 (*metrics.mutable_items())["messages_per_second"] =
                     from.messages_per_second();
               }
               done(reply);
             });
}

} // namespace actors
