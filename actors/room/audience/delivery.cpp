#include "actors/room/audience/filtered_fan_out.hpp"
#include "actors/room/audience/impl.hpp"

#include <utility>

// Events in, frames out: what came for a room during a turn is encoded once
// for each kind of subscriber and handed to each by a plain call.

namespace actors {

void audience::impl::on_events(
    const std::shared_ptr<const room_events>& events) {
  const auto room = find(events->room);
  if (!room)
    return detach(events->room); // the home has not heard that we left
  if (!room->has_position)
    return; // what comes before the answer
  const bool whole = take_in(*room, events) && !events->gap;
  if (!room->pending.empty())
    mark_dirty(room);
  if (!whole && room->live)
    attach_again(room, false);
}

// Takes what follows the room's position, and what has no offset; false when
// something is missing before the rest.
bool audience::impl::take_in(audience_room& room,
                             const std::shared_ptr<const room_events>& events) {
  const auto& all = events->events;
  bool whole = true;
  std::size_t begin = 0;
  auto take_until = [&](std::size_t end) {
    if (begin == end)
      return;
    room.pending.push_back({events, begin, end});
    for (auto i = begin; i < end; ++i)
      if (all[i].publication)
        metrics().publications_received.add();
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto offset = all[i].publication ? all[i].publication->offset() : 0;
    if (offset == 0)
      continue;
    if (events->epoch == room.epoch && offset == room.offset + 1) {
      ++room.offset;
      continue;
    }
    if (events->epoch != room.epoch || offset > room.offset)
      whole = false;
    take_until(i);
    begin = i + 1;
  }
  take_until(all.size());
  return whole;
}

void audience::impl::mark_dirty(const room_ptr& room) {
  if (room->dirty)
    return;
  room->dirty = true;
  dirty_.push_back(room);
  self_.home_lane().at_turn_end(*this, turn_phase::fan_out);
}

void audience::impl::at_turn_end() {
  self_.in_handler([this] {
    auto rooms = std::exchange(dirty_, {});
    for (const auto& room : rooms) {
      room->dirty = false;
      flush(*room);
    }
  });
}

void audience::impl::flush(audience_room& room) {
  if (room.pending.empty())
    return;
  const auto events = std::exchange(room.pending, {});
  const auto* special = room.special.get();
  fan_out everything{builder_, room.name, room.number, events,
                     special != nullptr
                         ? delta_source{&delta_encoder_, special->delta_base}
                         : delta_source{}};
  filtered_fan_out filtered{everything,
                            special != nullptr ? &special->filters : nullptr};
  auto& counters = metrics();
  for (auto& x : room.members) {
    const auto& encoded = filtered.of(x.filter).of(x.variant());
    for (const auto& frame : encoded.frames)
      x.who->deliver(frame);
    counters.publications_delivered.add(encoded.publications);
    counters.joins_delivered.add(encoded.joins);
    counters.leaves_delivered.add(encoded.leaves);
    // Who gets any has the last one now.
    if (x.features.delta && encoded.publications > 0)
      x.in_step = true;
  }
  counters.frames_encoded.add(everything.frames_made()
                              + filtered.frames_made());
  counters.deltas_encoded.add(everything.deltas_made());
  if (special != nullptr)
    keep_delta_base(*room.special, everything);
}

} // namespace actors
