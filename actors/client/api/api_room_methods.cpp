#include "actors/client/api/api_room_methods.hpp"

#include "actors/client/permissions.hpp"
#include "actors/client/run_all.hpp"
#include "actors/room/requests.hpp"

#include <algorithm>
#include <utility>

// A method of a room is two functions and a row of the table: the first checks
// its request and writes what to ask the room, the second reads the answer.

namespace actors {

namespace {

using config::channel_options;
using roost::api::Command;
using roost::api::Reply;
using roost::link::RoomReply;
using roost::link::RoomRequest;

/// Why a request is refused, if it is.
using refusal = std::optional<proto::errc>;

/// What a publication may carry beside its data, in bytes: rooms and their
/// copies keep it.
constexpr std::size_t max_key = 256; // idempotency_key, version_epoch
constexpr std::size_t max_tags = 16 * 1024;

/// Bytes of one broadcast that are under way to rooms, or one publication: each
/// room has a copy of its own.
constexpr std::size_t broadcast_window = 1024 * 1024;

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

// -- from request to reply ----------------------------------------------------

/// `write` asks the room what `Read` finds the answer to, for
/// Reply::mutable_... `Result`.
template <auto Result, auto Read, class Write>
void ask_room(api_methods& api, const std::string& room, Write write,
              const api_methods::on_reply& done) {
  const auto* options = api.find(room, done);
  if (options == nullptr)
    return;
  auto question = request_to(room);
  if (const refusal why = write(*options, *question))
    return fail(done, *why);
  api.ask().room(std::move(question), [done](RoomReply& answer) {
    if (answer.has_error())
      return fail(done, answer.error().code(), answer.error().message());
    Reply reply;
    Read(answer, *(reply.*Result)());
    done(reply);
  });
}

template <auto Take, auto Result, auto Write, auto Read>
void run_room_method(api_methods& api, Command& command,
                     api_methods::on_reply done) {
  const auto& request = *(command.*Take)();
  ask_room<Result, Read>(
      api, request.channel(),
      [&request](const channel_options& options, RoomRequest& question) {
        return Write(request, options, question);
      },
      done);
}

// -- publish and broadcast ----------------------------------------------------

template <class Request>
bool within_bounds(const Request& request) {
  std::size_t tags = 0;
  for (const auto& [name, value] : request.tags())
    tags += name.size() + value.size();
  return tags <= max_tags && request.idempotency_key().size() <= max_key
         && request.version_epoch().size() <= max_key;
}

// Works for PublishRequest and BroadcastRequest.
template <class Request>
refusal write_publish(const Request& request, const channel_options& options,
                      RoomRequest& question) {
  const auto& data =
      request.b64data().empty() ? request.data() : request.b64data();
  if (!acceptable_data(options, data) || !within_bounds(request))
    return proto::errc::bad_request;
  auto& body = *question.mutable_publish();
  body.set_data(data);
  *body.mutable_tags() = request.tags();
  body.set_skip_history(request.skip_history());
  body.set_idempotency_key(request.idempotency_key());
  body.set_version(request.version());
  body.set_version_epoch(request.version_epoch());
  body.set_delta(request.delta() || options.delta_publish);
  return std::nullopt;
}

void read_publish(RoomReply& answer, roost::api::PublishResult& result) {
  result.set_offset(answer.published().offset());
  result.set_epoch(answer.published().epoch());
}

std::size_t window_of(const roost::api::BroadcastRequest& request) {
  return std::clamp<std::size_t>(
      broadcast_window / (1 + request.data().size() + request.b64data().size()),
      1, api_methods::window);
}

void broadcast(api_methods& api, roost::api::BroadcastRequest& request,
               const api_methods::on_reply& done) {
  const auto most = api.services().config->limits.api_batch_commands;
  if (request.channels().empty()
      || static_cast<std::size_t>(request.channels_size()) > most)
    return fail(done, proto::errc::bad_request);
  auto source = std::make_shared<roost::api::BroadcastRequest>();
  source->Swap(&request);
  auto reply = std::make_shared<Reply>();
  auto& responses = *reply->mutable_broadcast()->mutable_responses();
  for (int i = 0; i < source->channels_size(); ++i)
    responses.Add();
  run_all(
      static_cast<std::size_t>(source->channels_size()), window_of(*source),
      [&api, source, reply](std::size_t index, std::function<void()> ended) {
        const auto i = static_cast<int>(index);
        ask_room<&Reply::mutable_publish, read_publish>(
            api, source->channels(i),
            [&source](const channel_options& options, RoomRequest& question) {
              return write_publish(*source, options, question);
            },
            [i, reply, ended = std::move(ended)](Reply& one) {
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

// -- presence -----------------------------------------------------------------

refusal write_presence(const roost::api::PresenceRequest&,
                       const channel_options& options, RoomRequest& question) {
  if (!options.presence)
    return proto::errc::not_available;
  question.mutable_presence();
  return std::nullopt;
}

void read_presence(RoomReply& answer, roost::api::PresenceResult& result) {
  auto& presence = *result.mutable_presence();
  for (const auto& [client, info] : answer.presence().presence())
    copy(info, presence[client]);
}

refusal write_presence_stats(const roost::api::PresenceStatsRequest&,
                             const channel_options& options,
                             RoomRequest& question) {
  if (!options.presence)
    return proto::errc::not_available;
  question.mutable_presence_stats();
  return std::nullopt;
}

void read_presence_stats(RoomReply& answer,
                         roost::api::PresenceStatsResult& result) {
  result.set_num_clients(answer.presence_stats().num_clients());
  result.set_num_users(answer.presence_stats().num_users());
}

// -- history ------------------------------------------------------------------

refusal write_history(const roost::api::HistoryRequest& request,
                      const channel_options& options, RoomRequest& question) {
  if (!options.has_history())
    return proto::errc::not_available;
  if (request.reverse() && request.has_since() && request.since().offset() == 0)
    return proto::errc::bad_request;
  auto& body = *question.mutable_history();
  body.set_limit(request.limit());
  body.set_reverse(request.reverse());
  if (request.has_since()) {
    body.mutable_since()->set_offset(request.since().offset());
    body.mutable_since()->set_epoch(request.since().epoch());
  }
  return std::nullopt;
}

void read_history(RoomReply& answer, roost::api::HistoryResult& result) {
  for (auto& x : *answer.mutable_history()->mutable_publications())
    move(x, *result.add_publications());
  result.set_epoch(answer.history().epoch());
  result.set_offset(answer.history().offset());
}

refusal write_history_remove(const roost::api::HistoryRemoveRequest&,
                             const channel_options& options,
                             RoomRequest& question) {
  if (!options.has_history())
    return proto::errc::not_available;
  question.mutable_history_remove();
  return std::nullopt;
}

void read_history_remove(RoomReply&, roost::api::HistoryRemoveResult&) {}

// -- the table ----------------------------------------------------------------

constexpr api_method room_methods[] = {
    {Command::kPublishFieldNumber,
     run_room_method<&Command::mutable_publish, &Reply::mutable_publish,
                     write_publish<roost::api::PublishRequest>, read_publish>},
    {Command::kBroadcastFieldNumber,
     run_method<&Command::mutable_broadcast, broadcast>},
    {Command::kPresenceFieldNumber,
     run_room_method<&Command::mutable_presence, &Reply::mutable_presence,
                     write_presence, read_presence>,
     true},
    {Command::kPresenceStatsFieldNumber,
     run_room_method<&Command::mutable_presence_stats,
                     &Reply::mutable_presence_stats, write_presence_stats,
                     read_presence_stats>},
    {Command::kHistoryFieldNumber,
     run_room_method<&Command::mutable_history, &Reply::mutable_history,
                     write_history, read_history>,
     true},
    {Command::kHistoryRemoveFieldNumber,
     run_room_method<&Command::mutable_history_remove,
                     &Reply::mutable_history_remove, write_history_remove,
                     read_history_remove>},
};

} // namespace

api_method_table api_room_methods() {
  return room_methods;
}

} // namespace actors
