#include "actors/room/replication/replication_copy.hpp"

#include "actors/room/requests.hpp"

#include <algorithm>

namespace actors {

namespace {

roost::link::ShardReply refusal(std::string_view why) {
  return error_reply<roost::link::ShardReply>(proto::errc::internal, why);
}

/// Whether a copy can begin with `record`.
bool begins_room(const room_record& record) {
  return record.what == room_record::kind::started
         || (record.what == room_record::kind::published
             && record.publication->offset() == 1);
}

} // namespace

void replication_copy::assign(role what, std::uint64_t term) {
  if (what == role::none || (role_ == role::standby && what == role::learner))
    clear(); // it has been out, or is now
  role_ = what;
  enter(term);
}

void replication_copy::enter(std::uint64_t term) {
  if (std::exchange(term_, term) == term)
    return;
  greeted_ = false;
  attempt_ = 0;
}

void replication_copy::take_over(room_copies rooms, record_tail pending) {
  clear();
  rooms_ = std::move(rooms);
  pending_ = std::move(pending);
  complete_ = true;
  for (const auto& [name, x] : rooms_)
    bytes_ += x.log.history_bytes();
}

void replication_copy::clear() {
  rooms_.clear();
  pending_ = record_tail{};
  bytes_ = 0;
  complete_ = false;
  diverged_ = false;
  attempt_ = 0;
}

// -- requests -----------------------------------------------------------------

roost::link::ShardReply replication_copy::replicate(roost::link::Replicate body,
                                                    unix_time now) {
  if (body.term() != term_ || role_ == role::none)
    return refusal("no copy of this term is here");
  if (!complete_ && attempt_ == 0)
    return refusal("the copy has not begun");
  // What an earlier home sent to this copy alone.
  if (!greeted_)
    pending_.forget_from(std::max(body.first(), committed() + 1));
  if (!append(body))
    return refusal("records before these are missing");
  greeted_ = true;
  commit_to(body.committed(), now);
  if (diverged_)
    return refusal("the copy is another than the home");
  roost::link::ShardReply result;
  result.mutable_replicated()->set_has(has());
  return result;
}

/// Takes the records out of `body`.
bool replication_copy::append(roost::link::Replicate& body) {
  if (body.first() > has() + 1)
    return false;
  auto number = body.first();
  for (auto& x : *body.mutable_records()) {
    if (number++ <= has())
      continue;
    auto record = from_wire(std::move(x));
    if (!record)
      return false;
    pending_.append(std::move(*record));
  }
  return true;
}

roost::link::ShardReply
replication_copy::copy_rooms(const roost::link::CopyRooms& body,
                             unix_time now) {
  if (body.term() != term_ || role_ != role::learner)
    return refusal("no copy of this term is caught up here");
  if (body.attempt() < attempt_)
    return refusal("another attempt has begun");
  if (body.attempt() > attempt_) {
    clear();
    attempt_ = body.attempt();
    greeted_ = true;
    pending_ = record_tail{body.committed() + 1};
  }
  for (const auto& piece : body.rooms()) {
    const auto* options = channels_->find(piece.room());
    if (options == nullptr) // the namespace is unknown here
      continue;
    auto i = rooms_.find(piece.room());
    if (i != rooms_.end() && i->second.as_of != body.committed()) {
      drop(piece.room()); // it was younger than this attempt
      i = rooms_.end();
    }
    if (i == rooms_.end())
      i = rooms_
              .emplace(piece.room(),
                       room_copy{room_log{*options, limits_, *epochs_},
                                 body.committed()})
              .first;
    change(i->second.log, [&](room_log& log) { log.restore(piece, now); });
  }
  complete_ = complete_ || body.last();
  roost::link::ShardReply result;
  result.mutable_done();
  return result;
}

bool replication_copy::take_tail(roost::link::Replicate body, unix_time now) {
  if (!is_complete())
    return false;
  pending_.forget_from(std::max(body.first(), committed() + 1));
  if (!append(body))
    return false;
  commit_to(body.committed(), now);
  return !diverged_;
}

// -- records ------------------------------------------------------------------

void replication_copy::commit_to(std::uint64_t number, unix_time now) {
  while (!pending_.empty() && pending_.first() <= number) {
    apply(pending_.first(), pending_[pending_.first()], now);
    pending_.forget_before(pending_.first() + 1);
  }
}

void replication_copy::apply(std::uint64_t number, const room_record& record,
                             unix_time now) {
  if (record.what == room_record::kind::ended) {
    const auto i = rooms_.find(record.room);
    if (i != rooms_.end() && i->second.as_of < number)
      drop(record.room);
    return;
  }
  auto* log = find_or_start(number, record);
  if (log == nullptr)
    return;
  if (log->continues_with(record))
    change(*log, [&](room_log& x) { x.apply(record, now); });
  else
    diverged_ = true;
}

// Null where the record changes nothing here.
room_log* replication_copy::find_or_start(std::uint64_t number,
                                          const room_record& record) {
  const auto i = rooms_.find(record.room);
  if (i != rooms_.end())
    return i->second.as_of >= number ? nullptr : &i->second.log;
  const auto* options = channels_->find(record.room);
  if (options == nullptr)
    return nullptr;
  if (!begins_room(record)) {
    // A learner gets the room later, with this.
    diverged_ = diverged_ || complete_;
    return nullptr;
  }
  return &rooms_
              .emplace(record.room,
                       room_copy{room_log{*options, limits_, *epochs_}, 0})
              .first->second.log;
}

template <class Change>
void replication_copy::change(room_log& log, Change f) {
  bytes_ -= log.history_bytes();
  f(log);
  bytes_ += log.history_bytes();
}

void replication_copy::drop(const std::string& room) {
  const auto i = rooms_.find(room);
  bytes_ -= i->second.log.history_bytes();
  rooms_.erase(i);
}

void replication_copy::expire(unix_time now) {
  for (auto& [name, x] : rooms_)
    change(x.log, [now](room_log& log) { log.expire(now, true); });
}

room_copies replication_copy::take_rooms() {
  bytes_ = 0;
  return std::exchange(rooms_, {});
}

record_tail replication_copy::take_pending() {
  complete_ = false;
  return std::exchange(pending_, record_tail{});
}

} // namespace actors
