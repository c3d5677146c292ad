#include "actors/room/audience/impl.hpp"
#include "actors/room/requests.hpp"

#include <caf/send.hpp>

#include <algorithm>

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

void audience::impl::arrive(audience_room& room, const audience_member& who) {
  auto request = request_to(room.name);
  auto& body = *request->mutable_arrive();
  *body.mutable_info() = *who.info;
  body.set_presence(who.features.presence);
  body.set_announce(who.features.announce);
  ask(room.shard, std::move(request),
      [this, name = room.name](const room_answer& answer) {
        const auto told = find(name);
        if (!told || !may_succeed_later(answer))
          return;
        told->tell_arrivals = true;
        if (!told->retry.armed())
          told->retry.expires_after(repeat_after);
      });
}

void audience::impl::depart(const audience_room& room,
                            const audience_member& who) {
  if (!who.info)
    return;
  farewell x;
  x.shard = room.shard;
  x.request = request_to(room.name);
  auto& body = *x.request->mutable_depart();
  *body.mutable_info() = *who.info;
  body.set_announce(who.features.announce);
  say_farewell(std::move(x));
}

void audience::impl::say_farewell(farewell x) {
  if (is_back(x))
    return;
  auto copy = std::make_shared<roost::link::RoomRequest>(*x.request);
  ask(x.shard, std::move(copy), [this, x](const room_answer& answer) {
    if (!may_succeed_later(answer) || is_back(x)
        || farewells_.size() >= settings_.parked_limit)
      return;
    farewells_.push_back(x);
    if (!farewell_again_.armed())
      farewell_again_.expires_after(repeat_after);
  });
}

// Whether the client that left has come back since.
bool audience::impl::is_back(const farewell& x) const {
  const auto room = find(x.request->room());
  const auto& client = x.request->depart().info().client();
  return room
         && std::any_of(room->members.begin(), room->members.end(),
                        [&client](const auto& member) {
                          return member.info && member.info->client() == client;
                        });
}

void audience::impl::repeat_farewells() {
  for (auto& x : std::exchange(farewells_, {}))
    say_farewell(std::move(x));
}

} // namespace actors
