#include "tests/client/fake_rooms.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace client_test_support {

using roost::link::RoomReply;
using roost::link::RoomRequest;

namespace {

void attach(fake_rooms::room& room, const roost::link::Attach& request,
            roost::link::Attached& out) {
  room.attached = true;
  out.set_epoch(room.epoch);
  out.set_offset(room.history.size());
  if (!request.has_since() || request.since().epoch() != room.epoch)
    return;
  out.set_continued(true);
  for (auto i = request.since().offset(); i < room.history.size(); ++i)
    *out.add_publications() = room.history[i];
}

void publish(fake_rooms::room& room, const roost::link::Publish& request,
             roost::link::Published& out) {
  auto& publication = room.history.emplace_back();
  publication.set_data(request.data());
  publication.set_offset(room.history.size());
  *publication.mutable_tags() = request.tags();
  if (request.has_info())
    *publication.mutable_info() = request.info();
  out.set_epoch(room.epoch);
  out.set_offset(room.history.size());
}

void history(fake_rooms::room& room, const roost::link::History& request,
             RoomReply& out) {
  if (request.has_since() && !request.since().epoch().empty()
      && request.since().epoch() != room.epoch) {
    out.mutable_error()->set_code(112);
    return;
  }
  auto& result = *out.mutable_history();
  result.set_epoch(room.epoch);
  result.set_offset(room.history.size());
  auto all = room.history;
  if (request.reverse())
    std::reverse(all.begin(), all.end());
  for (const auto& x : all) {
    if (request.limit() >= 0 && result.publications_size() >= request.limit())
      break;
    if (!request.has_since() || request.reverse()
        || x.offset() > request.since().offset())
      *result.add_publications() = x;
  }
}

} // namespace

fake_rooms::fake_rooms(test_support::stand_in shard)
    : shard_(std::move(shard)) {
  answer_all();
}

std::vector<std::shared_ptr<RoomRequest>> fake_rooms::take() {
  return std::exchange(state_->seen, {});
}

void fake_rooms::hold() {
  shard_.take<actors::ask_room>(); // those are answered
  shard_.stop_answering<actors::ask_room>();
}

void fake_rooms::answer_all() {
  shard_.on<actors::ask_room>(
      [all = state_](const actors::ask_room& x) { return answer(*all, x); });
  for (const auto& x : shard_.take<actors::ask_room>()) {
    auto reply = answer(*state_, x);
    if (!x.request->has_detach()) // for which nobody waits
      shard_.answer<actors::ask_room>(std::move(reply));
  }
}

std::uint64_t fake_rooms::publish(const std::string& name,
                                  const std::string& data,
                                  const caf::actor& audience) {
  roost::link::Publish request;
  roost::link::Published published;
  request.set_data(data);
  auto& room = state_->rooms[name];
  client_test_support::publish(room, request, published);
  auto events = std::make_shared<actors::room_events>();
  events->room = name;
  events->epoch = room.epoch;
  events->events.push_back(
      {std::make_shared<roost::client::Publication>(room.history.back()),
       nullptr, nullptr});
  caf::anon_send(audience, actors::deliver_events{std::move(events)});
  return published.offset();
}

actors::room_answer fake_rooms::answer(state& all, const actors::ask_room& x) {
  auto reply = std::make_shared<RoomReply>();
  const auto& request = *x.request;
  if (!request.has_attach() && !request.has_detach())
    all.seen.push_back(x.request);
  if (all.error != 0) {
    reply->mutable_error()->set_code(all.error);
    return {reply};
  }
  auto& room = all.rooms[request.room()];
  switch (request.body_case()) {
  case RoomRequest::kAttach:
    attach(room, request.attach(), *reply->mutable_attached());
    break;
  case RoomRequest::kPublish:
    client_test_support::publish(room, request.publish(),
                                 *reply->mutable_published());
    break;
  case RoomRequest::kHistory:
    history(room, request.history(), *reply);
    break;
  case RoomRequest::kArrive:
    if (request.arrive().presence())
      room.presence[request.arrive().info().client()] = request.arrive().info();
    reply->mutable_done();
    break;
  case RoomRequest::kDepart:
    room.presence.erase(request.depart().info().client());
    reply->mutable_done();
    break;
  case RoomRequest::kPresence:
    for (const auto& [client, info] : room.presence)
      (*reply->mutable_presence()->mutable_presence())[client] = info;
    break;
  case RoomRequest::kPresenceStats:
    reply->mutable_presence_stats()->set_num_clients(
        static_cast<std::uint32_t>(room.presence.size()));
    reply->mutable_presence_stats()->set_num_users(1);
    break;
  case RoomRequest::kRoomInfo:
    reply->mutable_room_info()->set_home("node-1");
    reply->mutable_room_info()->set_epoch(room.epoch);
    reply->mutable_room_info()->set_offset(room.history.size());
    reply->mutable_room_info()->set_history_size(
        static_cast<std::uint32_t>(room.history.size()));
    break;
  default:
    reply->mutable_done();
  }
  return {reply};
}

} // namespace client_test_support
