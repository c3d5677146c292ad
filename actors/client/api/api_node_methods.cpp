#include "actors/client/api/api_node_methods.hpp"

#include "actors/client/glob.hpp"
#include "proto/json_codec.hpp"

#include <utility>

namespace actors {

namespace {

using roost::api::Command;
using roost::api::Reply;
using roost::link::NodeRequest;

using node_replies = cluster_questions::node_replies;

/// Why a request is refused, if it is.
using refusal = std::optional<proto::errc>;

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

namespace {

// -- commands about a user's connections --------------------------------------

/// Calls `done` with the first error among the replies. Whoever asked can
/// repeat it; he can't know what we don't.
bool failed(const node_replies& replies, const api_methods::on_reply& done) {
  for (const auto& [node, reply] : replies)
    if (reply->has_error()) {
      fail(done, reply->error().code(), reply->error().message());
      return true;
    }
  return false;
}

/// Tells every node. `Body` is NodeRequest::mutable_..., `Write` checks the
/// request and writes there what commands do not have in common.
template <auto Take, auto Result, auto Body, auto Write>
void run_user_method(api_methods& api, Command& command,
                     api_methods::on_reply done) {
  const auto& request = *(command.*Take)();
  if (request.user().empty())
    return fail(done, proto::errc::bad_request);
  NodeRequest order;
  auto& body = *(order.*Body)();
  body.set_user(request.user());
  body.set_client(request.client());
  body.set_session(request.session());
  if (const refusal why = Write(api, request, body))
    return fail(done, *why);
  api.ask().nodes(std::move(order), [done](const node_replies& replies) {
    if (failed(replies, done))
      return;
    Reply reply;
    (reply.*Result)();
    done(reply);
  });
}

void write_override(const roost::api::SubscribeOptionOverride& from,
                    roost::link::SubscribeOverride& to) {
  if (from.has_presence())
    to.mutable_presence()->set_value(from.presence().value());
  if (from.has_join_leave())
    to.mutable_join_leave()->set_value(from.join_leave().value());
  if (from.has_force_recovery())
    to.mutable_force_recovery()->set_value(from.force_recovery().value());
  if (from.has_force_positioning())
    to.mutable_force_positioning()->set_value(from.force_positioning().value());
  if (from.has_force_push_join_leave())
    to.mutable_force_push_join_leave()->set_value(
        from.force_push_join_leave().value());
}

refusal write_subscribe(const api_methods& api,
                        const roost::api::SubscribeRequest& request,
                        roost::link::UserSubscribe& body) {
  if (const auto why = api.refuse(request.channel()))
    return why;
  body.set_channel(request.channel());
  body.set_expire_at(request.expire_at());
  body.set_info(request.b64info().empty() ? request.info() : request.b64info());
  body.set_data(request.b64data().empty() ? request.data() : request.b64data());
  if (request.has_recover_since()) {
    body.mutable_recover_since()->set_offset(request.recover_since().offset());
    body.mutable_recover_since()->set_epoch(request.recover_since().epoch());
  }
  if (request.has_override())
    write_override(request.override(), *body.mutable_override());
  return std::nullopt;
}

refusal write_unsubscribe(const api_methods& api,
                          const roost::api::UnsubscribeRequest& request,
                          roost::link::UserUnsubscribe& body) {
  body.set_channel(request.channel());
  return request.channel().empty() ? std::nullopt
                                   : api.refuse(request.channel());
}

refusal write_disconnect(const api_methods&,
                         const roost::api::DisconnectRequest& request,
                         roost::link::UserDisconnect& body) {
  const auto& how = request.disconnect();
  if (!valid_disconnect(how.code(), how.reason()))
    return proto::errc::bad_request;
  *body.mutable_whitelist() = request.whitelist();
  body.set_code(how.code());
  body.set_reason(how.reason());
  return std::nullopt;
}

refusal write_refresh(const api_methods&,
                      const roost::api::RefreshRequest& request,
                      roost::link::UserRefresh& body) {
  body.set_expired(request.expired());
  body.set_expire_at(request.expire_at());
  body.set_info(request.info());
  return std::nullopt;
}

// -- what nodes have ----------------------------------------------------------

void channels(api_methods& api, const roost::api::ChannelsRequest& request,
              const api_methods::on_reply& done) {
  if (request.pattern().size() > max_pattern)
    return fail(done, proto::errc::bad_request);
  NodeRequest question;
  question.mutable_channels()->set_pattern(request.pattern());
  api.ask().nodes(std::move(question), [done](const node_replies& replies) {
    if (failed(replies, done))
      return;
    Reply reply;
    auto& all = *reply.mutable_channels()->mutable_channels();
    for (const auto& [node, answer] : replies)
      for (const auto& [room, count] : answer->channels().channels()) {
        auto& entry = all[room];
        entry.set_num_clients(entry.num_clients() + count);
      }
    done(reply);
  });
}

void write_node(const roost::link::NodeInfoResult& from,
                roost::api::NodeResult& to) {
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

void info(api_methods& api, const roost::api::InfoRequest&,
          const api_methods::on_reply& done) {
  NodeRequest question;
  question.mutable_info();
  api.ask().nodes(std::move(question), [done](const node_replies& replies) {
    Reply reply;
    auto& result = *reply.mutable_info();
    for (const auto& [node, answer] : replies)
      if (answer->has_info()) // else it is not reachable, so not there
        write_node(answer->info(), *result.add_nodes());
    done(reply);
  });
}

// -- the table ----------------------------------------------------------------

constexpr api_method node_methods[] = {
    {Command::kSubscribeFieldNumber,
     run_user_method<&Command::mutable_subscribe, &Reply::mutable_subscribe,
                     &NodeRequest::mutable_subscribe, write_subscribe>},
    {Command::kUnsubscribeFieldNumber,
     run_user_method<&Command::mutable_unsubscribe, &Reply::mutable_unsubscribe,
                     &NodeRequest::mutable_unsubscribe, write_unsubscribe>},
    {Command::kDisconnectFieldNumber,
     run_user_method<&Command::mutable_disconnect, &Reply::mutable_disconnect,
                     &NodeRequest::mutable_disconnect, write_disconnect>},
    {Command::kRefreshFieldNumber,
     run_user_method<&Command::mutable_refresh, &Reply::mutable_refresh,
                     &NodeRequest::mutable_refresh, write_refresh>},
    {Command::kChannelsFieldNumber,
     run_method<&Command::mutable_channels, channels>, true},
    {Command::kInfoFieldNumber, run_method<&Command::mutable_info, info>},
};

} // namespace

api_method_table api_node_methods() {
  return node_methods;
}

} // namespace actors
