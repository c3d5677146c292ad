#include "actors/client/api/api_methods.hpp"
#include "actors/client/permissions.hpp"
#include "actors/client/run_all.hpp"

#include <utility>

// Methods that one room answers.

namespace actors {

namespace {

std::shared_ptr<roost::link::RoomRequest> request_to(const std::string& room) {
  auto result = std::make_shared<roost::link::RoomRequest>();
  result->set_room(room);
  return result;
}

void copy(const roost::client::ClientInfo& from, roost::api::ClientInfo& to) {
  to.set_user(from.user());
  to.set_client(from.client());
  to.set_conn_info(from.conn_info());
  to.set_chan_info(from.chan_info());
}

void move(roost::client::Publication& from, roost::api::Publication& to) {
  to.mutable_data()->swap(*from.mutable_data());
  if (from.has_info())
    copy(from.info(), *to.mutable_info());
  to.set_offset(from.offset());
  to.mutable_tags()->swap(*from.mutable_tags());
}

} // namespace

void api_methods::ask_room(
    std::shared_ptr<roost::link::RoomRequest> request, on_reply done,
    std::function<void(roost::link::RoomReply&, roost::api::Reply&)>
        translate) {
  ask_.room(
      std::move(request), [done, translate](roost::link::RoomReply& answer) {
        if (answer.has_error())
          return fail(done, answer.error().code(), answer.error().message());
        roost::api::Reply reply;
        translate(answer, reply);
        done(reply);
      });
}

// Works for PublishRequest and BroadcastRequest; takes what it needs out of
// `request`, but leaves it usable for the next channel of a broadcast.
template <class Request>
void api_methods::publish(const std::string& room, Request& request,
                          on_reply done) {
  const auto* options = find(room, done);
  if (options == nullptr)
    return;
  const auto& data =
      request.b64data().empty() ? request.data() : request.b64data();
  if (!acceptable_data(*options, data))
    return fail(done, proto::errc::bad_request);
  auto message = request_to(room);
  auto& body = *message->mutable_publish();
  body.set_data(data);
  *body.mutable_tags() = request.tags();
  body.set_skip_history(request.skip_history());
  body.set_idempotency_key(request.idempotency_key());
  body.set_version(request.version());
  body.set_version_epoch(request.version_epoch());
  ask_room(std::move(message), std::move(done),
           [](roost::link::RoomReply& answer, roost::api::Reply& reply) {
             auto& result = *reply.mutable_publish();
             result.set_offset(answer.published().offset());
             result.set_epoch(answer.published().epoch());
           });
}

template void api_methods::publish(const std::string&,
                                   roost::api::PublishRequest&, on_reply);

void api_methods::broadcast(roost::api::BroadcastRequest& request,
                            on_reply done) {
  const auto most = services_.config->limits.api_batch_commands;
  if (request.channels().empty()
      || static_cast<std::size_t>(request.channels_size()) > most)
    return fail(done, proto::errc::bad_request);
  auto source = std::make_shared<roost::api::BroadcastRequest>();
  source->Swap(&request);
  auto reply = std::make_shared<roost::api::Reply>();
  auto& responses = *reply->mutable_broadcast()->mutable_responses();
  for (int i = 0; i < source->channels_size(); ++i)
    responses.Add();
  run_all(
      static_cast<std::size_t>(source->channels_size()), window,
      [this, source, reply](std::size_t index, std::function<void()> ended) {
        const auto i = static_cast<int>(index);
        publish(source->channels(i), *source,
                [i, reply, ended](roost::api::Reply& one) {
                  auto& response =
                      *reply->mutable_broadcast()->mutable_responses(i);
                  if (one.has_error())
                    response.mutable_error()->Swap(one.mutable_error());
                  else
                    response.mutable_result()->Swap(one.mutable_publish());
                  ended();
                });
      },
      [reply, done] { done(*reply); });
}

void api_methods::presence(const std::string& room, on_reply done) {
  const auto* options = find(room, done);
  if (options == nullptr)
    return;
  if (!options->presence)
    return fail(done, proto::errc::not_available);
  auto request = request_to(room);
  request->mutable_presence();
  ask_room(std::move(request), std::move(done),
           [](roost::link::RoomReply& answer, roost::api::Reply& reply) {
             auto& presence = *reply.mutable_presence()->mutable_presence();
             for (const auto& [client, info] : answer.presence().presence())
               copy(info, presence[client]);
           });
}

void api_methods::presence_stats(const std::string& room, on_reply done) {
  const auto* options = find(room, done);
  if (options == nullptr)
    return;
  if (!options->presence)
    return fail(done, proto::errc::not_available);
  auto request = request_to(room);
  request->mutable_presence_stats();
  ask_room(std::move(request), std::move(done),
           [](roost::link::RoomReply& answer, roost::api::Reply& reply) {
             auto& result = *reply.mutable_presence_stats();
             result.set_num_clients(answer.presence_stats().num_clients());
             result.set_num_users(answer.presence_stats().num_users());
           });
}

void api_methods::history(const roost::api::HistoryRequest& request,
                          on_reply done) {
  const auto* options = find(request.channel(), done);
  if (options == nullptr)
    return;
  if (!options->has_history())
    return fail(done, proto::errc::not_available);
  if (request.reverse() && request.has_since() && request.since().offset() == 0)
    return fail(done, proto::errc::bad_request);
  auto message = request_to(request.channel());
  auto& body = *message->mutable_history();
  body.set_limit(request.limit());
  body.set_reverse(request.reverse());
  if (request.has_since()) {
    body.mutable_since()->set_offset(request.since().offset());
    body.mutable_since()->set_epoch(request.since().epoch());
  }
  ask_room(std::move(message), std::move(done),
           [](roost::link::RoomReply& answer, roost::api::Reply& reply) {
             auto& result = *reply.mutable_history();
             for (auto& x : *answer.mutable_history()->mutable_publications())
               move(x, *result.add_publications());
             result.set_epoch(answer.history().epoch());
             result.set_offset(answer.history().offset());
           });
}

void api_methods::history_remove(const std::string& room, on_reply done) {
  const auto* options = find(room, done);
  if (options == nullptr)
    return;
  if (!options->has_history())
    return fail(done, proto::errc::not_available);
  auto request = request_to(room);
  request->mutable_history_remove();
  ask_room(std::move(request), std::move(done),
           [](roost::link::RoomReply&, roost::api::Reply& reply) {
             reply.mutable_history_remove();
           });
}

} // namespace actors
