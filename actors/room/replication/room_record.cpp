#include "actors/room/replication/room_record.hpp"

#include <cassert>
#include <memory>

namespace actors {

namespace {

// What a record costs beyond its texts.
constexpr std::size_t record_overhead = 192;

void rest_to_wire(const room_record& from, roost::link::PublishedRecord& out) {
  out.set_time_ms(to_ms(from.at));
  if (!from.idempotency_key.empty()) {
    auto& key = *out.mutable_idempotent();
    key.set_key(from.idempotency_key);
    key.set_offset(from.publication->offset());
    key.set_expires_ms(to_ms(from.key_expires));
  }
  out.set_version(from.version);
  out.set_version_epoch(from.version_epoch);
}

// All but the publication.
void rest_to_wire(const room_record& from, roost::link::RoomRecord& out) {
  out.set_room(from.room);
  out.set_epoch(from.epoch);
  switch (from.what) {
  case room_record::kind::started:
    out.mutable_started();
    return;
  case room_record::kind::published:
    return rest_to_wire(from, *out.mutable_published());
  case room_record::kind::history_removed:
    out.mutable_history_removed();
    return;
  case room_record::kind::ended:
    out.mutable_ended();
    return;
  }
}

void from_wire(roost::link::PublishedRecord& from, room_record& out) {
  out.at = from_ms(from.time_ms());
  out.publication = std::make_shared<roost::client::Publication>(
      std::move(*from.mutable_publication()));
  if (from.has_idempotent()) {
    out.idempotency_key = std::move(*from.mutable_idempotent()->mutable_key());
    out.key_expires = from_ms(from.idempotent().expires_ms());
  }
  out.version = from.version();
  out.version_epoch = std::move(*from.mutable_version_epoch());
}

} // namespace

std::int64_t to_ms(unix_time t) {
  return t.time_since_epoch().count();
}

unix_time from_ms(std::int64_t ms) {
  return unix_time{std::chrono::milliseconds{ms}};
}

std::size_t room_record::bytes() const {
  auto result = record_overhead + room.size() + idempotency_key.size();
  if (!publication)
    return result;
  const auto& info = publication->info();
  result += publication->data().size() + info.conn_info().size()
            + info.chan_info().size();
  for (const auto& [name, value] : publication->tags())
    result += name.size() + value.size();
  return result;
}

room_record end_of_room(std::string room, std::string epoch) {
  room_record result;
  result.what = room_record::kind::ended;
  result.room = std::move(room);
  result.epoch = std::move(epoch);
  return result;
}

void to_wire(const room_record& record, roost::link::RoomRecord& out) {
  rest_to_wire(record, out);
  if (record.publication)
    *out.mutable_published()->mutable_publication() = *record.publication;
}

void lend_to_wire(const room_record& record, roost::link::RoomRecord& out) {
  rest_to_wire(record, out);
  if (!record.publication)
    return;
  assert(out.GetArena() != nullptr);
  // On an arena it is neither changed nor deleted.
  out.mutable_published()->unsafe_arena_set_allocated_publication(
      const_cast<roost::client::Publication*>(record.publication.get()));
}

std::optional<room_record> from_wire(roost::link::RoomRecord record) {
  using roost::link::RoomRecord;
  room_record result;
  result.room = std::move(*record.mutable_room());
  result.epoch = std::move(*record.mutable_epoch());
  switch (record.body_case()) {
  case RoomRecord::kStarted:
    result.what = room_record::kind::started;
    return result;
  case RoomRecord::kPublished:
    result.what = room_record::kind::published;
    from_wire(*record.mutable_published(), result);
    return result;
  case RoomRecord::kHistoryRemoved:
    result.what = room_record::kind::history_removed;
    return result;
  case RoomRecord::kEnded:
    result.what = room_record::kind::ended;
    return result;
  case RoomRecord::BODY_NOT_SET:
    break;
  }
  return std::nullopt;
}

} // namespace actors
