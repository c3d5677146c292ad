#include "actors/room/audience/impl.hpp"

#include <memory>
#include <utility>

// Subscribers that do not get every publication as it is.
//
// A delta starts from what its subscriber had last. All that are in step have
// the last live publication of the room, so it is kept for them, and one delta
// does for all. Who is not gets the next publication whole, and is then.

namespace actors {

// `missed` is what it is given on its way in.
void audience::impl::add_member(
    audience_room& room, audience_member member,
    const std::shared_ptr<const tags_filter>& filter,
    const missed_publications& missed) {
  if (!member.features.delta && !filter)
    return room.members.add(std::move(member));
  if (!room.special)
    room.special = std::make_unique<special_subscribers>();
  auto& special = *room.special;
  if (filter)
    member.filter = special.filters.join(filter);
  if (member.features.delta) {
    ++special.with_deltas;
    const bool up_to_date = !member.behind && !missed.empty();
    // The publication alone: what is missed is part of one large answer.
    if (up_to_date && !special.delta_base)
      special.delta_base =
          std::make_shared<const roost::client::Publication>(*missed.last());
    // What it holds, not its offset: the last live one may have none, or be of
    // an epoch before.
    member.in_step =
        up_to_date && missed.last()->data() == special.delta_base->data();
  }
  count_special(special);
  room.members.add(std::move(member));
}

std::optional<audience_member>
audience::impl::remove_member(audience_room& room,
                              const actors::subscriber& who) {
  auto left = room.members.remove(who);
  if (!left || !room.special)
    return left;
  auto& special = *room.special;
  if (left->filter != filter_groups::none)
    special.filters.leave(left->filter);
  if (left->features.delta && --special.with_deltas == 0)
    special.delta_base = nullptr;
  count_special(special);
  if (special.none())
    room.special = nullptr;
  return left;
}

// After these events, deltas start from the last of their publications.
void audience::impl::keep_delta_base(special_subscribers& of,
                                     const fan_out& events) {
  if (of.with_deltas == 0)
    return;
  events.for_each_publication(
      [&of](const room_event& x) { of.delta_base = x.publication; });
  count_special(of);
}

void audience::impl::count_special(special_subscribers& of) {
  of.counted_base.set(metrics().delta_base_bytes,
                      of.delta_base ? of.delta_base->SpaceUsedLong() : 0);
  of.counted_filters.set(metrics().tags_filter_bytes, of.filters.bytes());
}

} // namespace actors
