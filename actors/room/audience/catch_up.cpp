#include "actors/room/audience/filtered_fan_out.hpp"
#include "actors/room/audience/impl.hpp"
#include "actors/room/requests.hpp"

#include <algorithm>

// Giving a subscriber more than one answer holds.
//
// Who recovers gets a first page with the answer and is in from then on, but
// behind: in place of the live publications it gets pages of the home's
// history, one at a time, each once it has room for it. The answer of the home
// comes behind every event before the position that it says, so a page that
// ends where the room is leaves neither a hole nor an overlap with what
// follows. Whose next publication is gone from the history is told that it lost
// continuity.

namespace actors {

namespace {

constexpr std::chrono::milliseconds ask_again_after{500};

constexpr std::uint32_t max_failures = 8;

} // namespace

void audience::impl::fall_behind(const room_ptr& room, actors::subscriber& who,
                                 std::uint64_t offset) {
  auto& places = behind_[&who];
  places.push_back({room, &who, room->epoch, offset});
  metrics().catching_up.add();
  next_page(who);
}

void audience::impl::next_page(actors::subscriber& who) {
  const auto found = behind_.find(&who);
  if (found == behind_.end())
    return;
  auto& place = found->second.front();
  const auto room = place.room.lock();
  if (place.page != 0 || !room || !who.has_room_for(settings_.page_bytes))
    return;
  place.page = ++last_page_;
  auto request = request_to(room->name);
  auto& body = *request->mutable_history();
  body.set_limit(-1);
  body.set_max_bytes(settings_.page_bytes);
  body.mutable_since()->set_epoch(place.epoch);
  body.mutable_since()->set_offset(place.offset);
  ask(room->shard, std::move(request),
      [this, key = &who, page = place.page](const room_answer& answer) {
        on_page(key, page, answer);
      });
}

void audience::impl::on_page(const actors::subscriber* key, std::uint64_t page,
                             const room_answer& answer) {
  const auto found = behind_.find(key);
  if (found == behind_.end() || found->second.front().page != page)
    return; // it has left meanwhile
  auto& place = found->second.front();
  place.page = 0;
  const auto room = place.room.lock();
  auto& who = *room->members.find(*key)->who;
  if (is_error(answer)) {
    if (proto::temporary(error_of(answer)) && ++place.failures < max_failures)
      return behind_again_.expires_after(ask_again_after);
    return give_up(room, who);
  }
  if (!hand_out(*room, place, answer))
    return give_up(room, who);
  place.failures = 0;
  // Where the answer came another way than the events, they may come later.
  if (room->live && room->epoch == place.epoch && room->offset < place.offset)
    return behind_again_.expires_after(ask_again_after);
  if (!catches_up(*room, place))
    found->second.splice(found->second.end(), found->second,
                         found->second.begin());
  next_page(who);
}

void audience::impl::give_up(const room_ptr& room, actors::subscriber& who) {
  lose_continuity(*room, who);
  next_page(who); // of another room
  forget_if_unused(*room);
}

// Whether the page goes on where the subscriber is, to whom it is given.
bool audience::impl::hand_out(audience_room& room, behind& place,
                              const room_answer& answer) {
  const auto& history = answer.reply->history();
  if (history.epoch() != place.epoch)
    return false;
  if (history.publications().empty())
    return history.offset() == place.offset;
  if (history.publications(0).offset() != place.offset + 1)
    return false;
  auto page = std::make_shared<room_events>();
  page->room = room.name;
  page->epoch = place.epoch;
  for (const auto& x : history.publications())
    page->events.push_back(
        {publication_ptr{answer.reply, &x}, nullptr, nullptr, true});
  const std::vector<event_slice> events{{page, 0, page->events.size()}};
  fan_out everything{
      builder_, room.name, room.number, events, {&delta_encoder_, nullptr}};
  const auto* special = room.special.get();
  filtered_fan_out filtered{everything,
                            special != nullptr ? &special->filters : nullptr};
  const auto& member = *room.members.find(*place.who);
  auto variant = member.variant();
  variant.publications = true;
  const auto& encoded = filtered.of(member.filter).of(variant);
  for (const auto& frame : encoded.frames)
    member.who->deliver(frame);
  metrics().publications_delivered.add(encoded.publications);
  place.offset = page->events.back().publication->offset();
  return true;
}

// Lets a subscriber that has everything into the live stream.
bool audience::impl::catches_up(audience_room& room, const behind& place) {
  if (!room.live || room.epoch != place.epoch)
    return false;
  flush(room); // what comes before the position is not for it
  if (room.offset != place.offset)
    return false;
  room.members.find(*place.who)->behind = false;
  forget_behind(room, *place.who);
  return true;
}

void audience::impl::forget_behind(const audience_room& room,
                                   const actors::subscriber& who) {
  const auto found = behind_.find(&who);
  if (found == behind_.end())
    return;
  auto& places = found->second;
  metrics().catching_up.sub(static_cast<std::int64_t>(places.remove_if(
      [&room](const behind& x) { return x.room.lock().get() == &room; })));
  if (places.empty())
    behind_.erase(found);
}

void audience::impl::ask_pages_again() {
  std::vector<actors::subscriber*> waiting;
  for (const auto& [key, places] : behind_)
    if (places.front().page == 0)
      waiting.push_back(places.front().who);
  for (auto* who : waiting)
    next_page(*who);
}

} // namespace actors
