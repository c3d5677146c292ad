#include "actors/room/room_record.hpp"

#include <memory>

namespace actors {

namespace {

// What a record costs beyond its texts.
constexpr std::size_t record_overhead = 192;

void to_wire(const room_record& from, roost::link::PublishedRecord& out) {
  auto& publication = *out.mutable_publication();
  publication = *from.publication;
  publication.set_time(to_ms(from.at));
  if (!from.idempotency_key.empty()) {
    auto& key = *out.mutable_idempotent();
    key.set_key(from.idempotency_key);
    key.set_offset(from.publication->offset());
    key.set_expires_ms(to_ms(from.key_expires));
  }
  out.set_version(from.version);
  out.set_version_epoch(from.version_epoch);
}

void from_wire(roost::link::PublishedRecord& from, room_record& out) {
  out.at = from_ms(from.publication().time());
  auto publication = std::make_shared<roost::client::Publication>(
      std::move(*from.mutable_publication()));
  publication->clear_time(); // clients do not get one
  out.publication = std::move(publication);
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
  return record_overhead + room.size() + idempotency_key.size()
         + (publication ? publication->ByteSizeLong() : 0);
}

room_record end_of_room(std::string room, std::string epoch) {
  room_record result;
  result.what = room_record::kind::ended;
  result.room = std::move(room);
  result.epoch = std::move(epoch);
  return result;
}

void to_wire(const room_record& record, roost::link::RoomRecord& out) {
  out.set_room(record.room);
  out.set_epoch(record.epoch);
  switch (record.what) {
  case room_record::kind::started:
    out.mutable_started();
    return;
  case room_record::kind::published:
    return to_wire(record, *out.mutable_published());
  case room_record::kind::history_removed:
    out.mutable_history_removed();
    return;
  case room_record::kind::ended:
    out.mutable_ended();
    return;
  }
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
