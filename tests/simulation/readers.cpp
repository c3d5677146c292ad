#include "tests/simulation/readers.hpp"

#include "actors/room/requests.hpp"

namespace simulation {

void reader::act() {
  const auto nodes = world_.working();
  if (!stopped_ && chance_.one_in(64) && !nodes.empty())
    read(chance_.any(nodes), chance_.any(world_.how().rooms), false);
}

void reader::read_all() {
  for (const auto i : world_.working())
    for (const auto& room : world_.how().rooms) {
      ++waiting_;
      read(i, room, true);
    }
}

void reader::read(std::size_t node, const std::string& room,
                  bool must_be_whole) {
  auto request = actors::request_to(room);
  request->mutable_history()->set_limit(-1);
  world_.at(node).clients().ask(
      world_.at(node).shard_of(room), std::move(request),
      [this, node, room, must_be_whole](const actors::room_answer& answer) {
        if (must_be_whole)
          --waiting_;
        if (answer.reply->has_history())
          take(node, room, answer.reply->history(), must_be_whole);
        else if (must_be_whole)
          truth_.fail("rest", world_.name(node) + " cannot read " + room + ": "
                                  + answer.reply->error().message());
      });
}

void reader::take(std::size_t node, const std::string& room,
                  const roost::link::HistoryResult& history,
                  bool must_be_whole) {
  ++reads_;
  const auto by = "a reader at " + world_.name(node);
  const place top{history.epoch(), history.offset()};
  trace_.note("read", world_.name(node), room, top.offset);
  auto next =
      top.offset + 1 - static_cast<std::uint64_t>(history.publications_size());
  for (const auto& x : history.publications()) {
    if (x.offset() != next)
      return truth_.fail("I2", by + " finds " + text(room, {top.epoch, next})
                                   + " at offset "
                                   + std::to_string(x.offset()));
    truth_.seen(room, {top.epoch, next++}, x.data(), by);
  }
  if (!must_be_whole)
    return;
  tops_[room] = top;
  const bool kept = world_.how().is_replicated(room) && !world_.how().reckless;
  for (const auto& [epoch, stream] : truth_.of(room)) {
    if (stream.acknowledged.empty())
      continue;
    const auto& [offset, data] = *stream.acknowledged.rbegin();
    if (epoch != top.epoch && kept)
      truth_.fail("I1", "'" + data + "' was acknowledged at "
                            + text(room, {epoch, offset}) + ", " + by
                            + " finds " + text(room, top));
    // A history without a hole that goes far enough has all of it.
    if (epoch == top.epoch
        && (offset > top.offset
            || history.publications_size() != static_cast<int>(top.offset)))
      truth_.fail("I4", "'" + data + "' was acknowledged at "
                            + text(room, {epoch, offset}) + ", " + by
                            + " finds " + std::to_string(top.offset)
                            + " offsets and "
                            + std::to_string(history.publications_size())
                            + " publications");
  }
}

} // namespace simulation
