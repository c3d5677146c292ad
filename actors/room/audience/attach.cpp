#include "actors/room/audience/impl.hpp"
#include "actors/room/requests.hpp"

#include <algorithm>
#include <memory>

// Following the streams of rooms.
//
// An attach request says the position that was reached, its answer has what
// came since. Until the answer is there, what follows the position without a
// hole is still handed out, and everything else is left to the answer.

namespace actors {

namespace {

using namespace std::chrono_literals;

constexpr auto first_back_off = 100ms;
constexpr auto last_back_off = 1000ms;

} // namespace

void audience::impl::attach(const room_ptr& room) {
  const auto number = ++last_attach_;
  room->attach = number;
  room->retry.cancel();
  auto request = request_to(room->name);
  auto& body = *request->mutable_attach();
  body.set_lane(self_.home_lane().number());
  if (room->has_position) {
    body.mutable_since()->set_epoch(room->epoch);
    body.mutable_since()->set_offset(room->offset);
  }
  ask(room->shard, std::move(request),
      [this, weak = std::weak_ptr{room}, number](const room_answer& answer) {
        const auto attached = weak.lock();
        if (attached && attached->attach == number) // else asked again since
          on_attached(attached, answer);
      });
}

void audience::impl::on_attached(const room_ptr& room,
                                 const room_answer& answer) {
  room->attach = 0;
  if (!answer.reply->has_attached())
    return on_refused(*room, is_error(answer) ? error_of(answer)
                                              : proto::errc::internal);
  follow(*room, answer);
  if (room->tell_arrivals)
    for (const auto& who : room->members)
      if (who.info)
        arrive(*room, who);
  room->tell_arrivals = false;
  admit_waiting(room);
  forget_if_unused(*room);
}

void audience::impl::on_refused(audience_room& room, proto::errc code) {
  room.live = false;
  const bool later = proto::temporary(code);
  const auto twice = std::clamp<std::chrono::milliseconds>(
      room.back_off * 2, first_back_off, last_back_off);
  room.back_off = later ? twice : last_back_off;
  // Rooms that lost their home together must not all ask again together.
  jitter_ = jitter_ * 6364136223846793005 + 1442695040888963407;
  const auto spread = room.back_off.count() / 4;
  room.retry.expires_after(
      room.back_off
      - std::chrono::milliseconds(static_cast<std::int64_t>(
          (jitter_ >> 33) % static_cast<std::uint64_t>(spread + 1))));
  if (!later)
    answer_all(room, room.waiting, code);
}

void audience::impl::follow(audience_room& room, const room_answer& answer) {
  const auto& attached = answer.reply->attached();
  room.back_off = std::chrono::milliseconds{0};
  const bool continues = room.has_position && continue_from(room, answer);
  flush(room);
  if (!continues) {
    room.epoch = attached.epoch();
    room.offset = attached.offset();
    lose_continuity(room); // of those who were in before, if any
  }
  room.has_position = true;
  room.live = true;
}

// Whether the answer leads from the room's position to the home's without a
// hole; hands out what is between.
bool audience::impl::continue_from(audience_room& room,
                                   const room_answer& answer) {
  const auto& attached = answer.reply->attached();
  if (room.epoch.empty() && attached.epoch().empty())
    return true;
  if (!attached.continued() || attached.epoch() != room.epoch
      || attached.offset() < room.offset)
    return false;
  auto missed = std::make_shared<room_events>();
  missed->room = room.name;
  missed->epoch = attached.epoch();
  // Each on its own: the last one may be kept for deltas.
  for (const auto& x : attached.publications())
    missed->events.push_back(
        {std::make_shared<const roost::client::Publication>(x), nullptr,
         nullptr});
  return take_in(room, missed) && room.offset == attached.offset();
}

void audience::impl::lose_continuity(audience_room& room) {
  std::vector<audience_member> lost;
  for (const auto& x : room.members)
    if (x.features.positioned)
      lost.push_back(x);
  for (const auto& x : lost) // one of those before may have made it leave
    lose_continuity(room, *x.who);
}

void audience::impl::lose_continuity(audience_room& room,
                                     actors::subscriber& who) {
  const auto left = remove_member(room, who);
  if (!left)
    return;
  metrics().continuity_losses.add();
  forget_behind(room, who);
  depart(room, *left);
  who.lost_continuity(room.name);
}

void audience::impl::attach_again(const room_ptr& room, bool tell_arrivals) {
  room->tell_arrivals |= tell_arrivals;
  room->live = false;
  if (room->has_position)
    metrics().audience_resyncs.add();
  attach(room);
}

void audience::impl::on_view(std::shared_ptr<const cluster_view> now) {
  const auto number = now->view->number();
  if (number < view_number_)
    return; // overtaken by a newer one
  // Of a view that was skipped nobody knows what moved there and back.
  const bool skipped = number > view_number_ + 1;
  view_number_ = number;
  // Homes forget who is attached at a node that leaves the view, or that the
  // view knows as it was before it was started again.
  const auto view = now->read();
  const auto* member = view.member(settings_.node);
  auto self = member == nullptr ? std::string{} : member->incarnation();
  const bool forgotten = std::exchange(incarnation_, self) != self;
  std::vector<way_home> homes(directory_.shard_count());
  for (std::uint32_t i = 0; i < homes.size(); ++i) {
    const auto* home = view.home(i);
    if (home == nullptr)
      continue;
    homes[i].node = home->node();
    homes[i].incarnation = home->incarnation();
    homes[i].anew = view.anew_of(i);
    const auto link = now->links.find(home->node());
    if (link != now->links.end())
      homes[i].link = link->second;
  }
  homes.swap(homes_);
  if (homes.empty())
    return; // what waits in the shards goes on now
  auto has_moved = [&](std::uint32_t shard) {
    return homes[shard] != homes_[shard]
           || ((skipped || forgotten) && homes_[shard].link);
  };
  // A new home knows of nobody who could leave.
  news_.forget_resting(has_moved);
  std::vector<room_ptr> moved;
  for (const auto& [name, room] : rooms_)
    if (has_moved(room->shard))
      moved.push_back(room);
  for (const auto& room : moved)
    attach_again(room, true);
}

void audience::impl::on_reachable(const std::string& node) {
  if (homes_.empty())
    return;
  std::vector<room_ptr> concerned;
  for (const auto& [name, room] : rooms_)
    if (homes_[room->shard].node == node)
      concerned.push_back(room);
  for (const auto& room : concerned)
    attach_again(room, true);
}

} // namespace actors
