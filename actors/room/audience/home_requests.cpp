#include "actors/room/audience/impl.hpp"
#include "actors/room/requests.hpp"

#include <caf/send.hpp>

// What an audience tells the homes of its rooms.
//
// Every request names the view that the audience knows, so that no shard takes
// it to a home of an older one. Presence must not be told in vain: who is in
// is told again with the next attach, and a farewell is repeated, since the
// home would otherwise show for ever who left while it could not be reached.

namespace actors {

namespace {

constexpr std::chrono::milliseconds repeat_after{1'000};

bool may_succeed_later(const room_answer& answer) {
  return is_error(answer) && proto::temporary(error_of(answer));
}

std::shared_ptr<roost::link::RoomRequest>
to_request(const member_news::message& x) {
  auto request = request_to(x.room);
  if (x.is.in) {
    auto& body = *request->mutable_arrive();
    *body.mutable_info() = *x.is.info;
    body.set_presence(x.is.presence);
    body.set_announce(x.is.announce);
  } else {
    auto& body = *request->mutable_depart();
    *body.mutable_info() = *x.is.info;
    body.set_announce(x.is.announce);
  }
  return request;
}

} // namespace

void audience::impl::ask(std::uint32_t shard,
                         std::shared_ptr<roost::link::RoomRequest> request,
                         std::function<void(const room_answer&)> handle) {
  request->set_view(view_number_);
  self_
      .request(directory_.shards()[shard], caf::infinite,
               ask_room{std::move(request)})
      .then(handle,
            [handle](caf::error&) { handle(refused(proto::errc::internal)); });
}

void audience::impl::detach(const std::string& room) {
  auto request = request_to(room);
  request->set_view(view_number_);
  request->mutable_detach()->set_lane(self_.home_lane().number());
  caf::anon_send(directory_[room], ask_room{std::move(request)});
}

void audience::impl::arrive(audience_room& room, const audience_member& who,
                            bool new_here) {
  news_.tell(room.shard, room.name,
             {true, who.info, who.features.presence, who.features.announce},
             new_here);
  send_news(room.shard);
}

void audience::impl::depart(const audience_room& room,
                            const audience_member& who) {
  if (!who.info)
    return;
  news_.tell(room.shard, room.name,
             {false, who.info, false, who.features.announce});
  send_news(room.shard);
}

void audience::impl::send_news(std::uint32_t shard) {
  while (const auto x = news_.next(shard))
    ask(shard, to_request(*x), [this, x = *x](const room_answer& answer) {
      on_news_answered(x, answer);
      send_news(x.shard);
    });
  counted_news_.set(metrics().member_news, news_.size());
}

void audience::impl::on_news_answered(const member_news::message& x,
                                      const room_answer& answer) {
  if (!may_succeed_later(answer))
    return news_.answered(x.id);
  switch (news_.failed(x.id)) {
  case member_news::failure::overtaken:
    break;
  case member_news::failure::rests:
    if (!news_again_.armed())
      news_again_.expires_after(repeat_after);
    break;
  case member_news::failure::lost:
    if (const auto room = find(x.room); room && x.is.in) {
      room->tell_arrivals = true;
      if (!room->retry.armed())
        room->retry.expires_after(repeat_after);
    }
    break;
  }
}

void audience::impl::repeat_news() {
  for (const auto shard : news_.wake())
    send_news(shard);
}

} // namespace actors
