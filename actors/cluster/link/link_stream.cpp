#include "actors/cluster/link/link_stream.hpp"

#include "proto/text_watch.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <utility>

namespace actors {

using google::protobuf::MessageLite;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;
using google::protobuf::io::EpsCopyOutputStream;
using roost::link::LinkFrame;

namespace {

using byte = std::uint8_t;

std::size_t varint_size(std::uint64_t x) {
  return CodedOutputStream::VarintSize64(x);
}

/// Tag, length and content of a field whose content takes `size` bytes. Field
/// numbers up to 15 have a tag of one byte; ours all are.
std::size_t field_size(std::size_t size) {
  return 1 + varint_size(size) + size;
}

byte* write_varint(std::uint64_t x, byte* to) {
  return CodedOutputStream::WriteVarint64ToArray(x, to);
}

byte* write_head(int field, std::size_t size, byte* to) {
  *to++ = static_cast<byte>(WireFormatLite::MakeTag(
      field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED));
  return write_varint(size, to);
}

byte* write_number(int field, std::uint64_t x, byte* to) {
  *to++ = static_cast<byte>(
      WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_VARINT));
  return write_varint(x, to);
}

byte* write_string(int field, const std::string& x, byte* to) {
  to = write_head(field, x.size(), to);
  return std::copy(x.begin(), x.end(), to);
}

/// Its size was computed before; other threads may do the same meanwhile, with
/// the same result.
byte* write_message(int field, const MessageLite& x, byte* to) {
  const auto size = static_cast<std::size_t>(x.GetCachedSize());
  to = write_head(field, size, to);
  return x.SerializeWithCachedSizesToArray(to);
}

std::size_t body_size(std::uint64_t id, std::size_t size) {
  return (id == 0 ? 0 : 1 + varint_size(id)) + field_size(size);
}

std::pair<int, const MessageLite*> content(const room_event& x) {
  using roost::link::RoomEvent;
  if (x.publication)
    return {RoomEvent::kPublicationFieldNumber, x.publication.get()};
  if (x.join)
    return {RoomEvent::kJoinFieldNumber, x.join.get()};
  return {RoomEvent::kLeaveFieldNumber, x.leave.get()};
}

/// What is in the event beside its content, whose size is known.
std::size_t event_size(const room_event& x, std::size_t content_size) {
  return field_size(content_size) + (x.delta ? 2 : 0);
}

std::size_t events_size(const deliver_remote& x, bool gap) {
  const auto& events = *x.events;
  std::size_t size = 0;
  if (!events.room.empty())
    size += field_size(events.room.size());
  if (!events.epoch.empty())
    size += field_size(events.epoch.size());
  if (x.lanes != 0)
    size += 1 + varint_size(x.lanes);
  for (const auto& e : events.events)
    size += field_size(event_size(e, content(e).second->ByteSizeLong()));
  return gap ? size + 2 : size;
}

byte* write_events(const deliver_remote& x, bool gap, byte* to) {
  using roost::link::RoomEvents;
  const auto& events = *x.events;
  if (!events.room.empty())
    to = write_string(RoomEvents::kRoomFieldNumber, events.room, to);
  if (!events.epoch.empty())
    to = write_string(RoomEvents::kEpochFieldNumber, events.epoch, to);
  if (x.lanes != 0)
    to = write_number(RoomEvents::kLanesFieldNumber, x.lanes, to);
  for (const auto& e : events.events) {
    const auto [field, message] = content(e);
    const auto size = static_cast<std::size_t>(message->GetCachedSize());
    to = write_head(RoomEvents::kEventsFieldNumber, event_size(e, size), to);
    to = write_message(field, *message, to);
    if (e.delta)
      to = write_number(roost::link::RoomEvent::kDeltaFieldNumber, 1, to);
  }
  if (gap)
    to = write_number(RoomEvents::kGapFieldNumber, 1, to);
  return to;
}

} // namespace

// -- out ----------------------------------------------------------------------

template <class Write>
std::size_t outgoing_stream::append_frame(std::size_t size, Write write) {
  if (size > max_frame_)
    return 0;
  const auto total = varint_size(size) + size;
  // Straight into the batch where it fits, else in pieces.
  const bool fits = tail_.size() + total <= max_link_batch;
  auto& where = fits ? tail_ : scratch_;
  const auto start = fits ? tail_.size() : 0;
  where.resize(start + total);
  auto* to = reinterpret_cast<byte*>(where.data()) + start;
  const proto::text_watch watch;
  write(write_varint(size, to));
  if (watch.saw_bad_text()) {
    where.resize(start);
    return 0;
  }
  if (fits)
    bytes_ += total;
  else
    append_bytes(scratch_);
  if (scratch_.capacity() > 4 * max_link_batch)
    scratch_ = {};
  return total;
}

void outgoing_stream::append_bytes(std::string_view bytes) {
  bytes_ += bytes.size();
  while (!bytes.empty()) {
    const auto some = std::min(bytes.size(), max_link_batch - tail_.size());
    tail_.append(bytes.substr(0, some));
    bytes.remove_prefix(some);
    if (tail_.size() == max_link_batch) {
      full_.push_back(std::move(tail_));
      tail_.clear();
    }
  }
}

std::size_t outgoing_stream::append(std::uint64_t id, int field,
                                    const MessageLite& body) {
  const auto size = body_size(id, body.ByteSizeLong());
  return append_frame(size, [&](byte* to) {
    if (id != 0)
      to = write_number(LinkFrame::kIdFieldNumber, id, to);
    write_message(field, body, to);
  });
}

std::size_t outgoing_stream::append(std::uint64_t id, int field,
                                    const shard_requests& requests) {
  constexpr int part = roost::link::ShardRequests::kRequestsFieldNumber;
  std::size_t size = 0;
  for (const auto& x : requests)
    size += field_size(x->ByteSizeLong());
  return append_frame(body_size(id, size), [&](byte* to) {
    if (id != 0)
      to = write_number(LinkFrame::kIdFieldNumber, id, to);
    to = write_head(field, size, to);
    for (const auto& x : requests)
      to = write_message(part, *x, to);
  });
}

std::size_t outgoing_stream::append(const LinkFrame& frame) {
  return append_frame(frame.ByteSizeLong(), [&](byte* to) {
    frame.SerializeWithCachedSizesToArray(to);
  });
}

std::size_t outgoing_stream::append(const deliver_remote& events, bool gap) {
  const auto size = events_size(events, gap);
  return append_frame(body_size(0, size), [&](byte* to) {
    to = write_head(LinkFrame::kRoomEventsFieldNumber, size, to);
    write_events(events, gap, to);
  });
}

std::string outgoing_stream::take_batch() {
  std::string result;
  if (!full_.empty()) {
    result = std::move(full_.front());
    full_.pop_front();
  } else {
    result = std::exchange(tail_, {});
  }
  bytes_ -= result.size();
  return result;
}

void outgoing_stream::clear() {
  full_.clear();
  tail_.clear();
  bytes_ = 0;
}

// -- in -----------------------------------------------------------------------

void incoming_stream::feed(std::string_view bytes) {
  rest_.erase(0, position_);
  position_ = 0;
  rest_.append(bytes);
}

std::optional<LinkFrame> incoming_stream::next() {
  if (malformed_)
    return std::nullopt;
  const auto left = rest_.size() - position_;
  const auto* data = reinterpret_cast<const byte*>(rest_.data()) + position_;
  std::uint64_t size = 0;
  std::size_t prefix = 0;
  for (bool more = true; more; ++prefix) {
    if (prefix == left)
      return std::nullopt; // the length itself is not complete
    size |= std::uint64_t{data[prefix] & 0x7fU} << (7 * prefix);
    more = (data[prefix] & 0x80U) != 0;
    if (size > max_link_frame || (more && prefix == 4)) {
      malformed_ = true;
      return std::nullopt;
    }
  }
  if (left - prefix < size)
    return std::nullopt;
  std::optional<LinkFrame> frame{std::in_place};
  const proto::text_watch quiet;
  broken_ = !frame->ParseFromArray(data + prefix, static_cast<int>(size));
  if (broken_ && frame->body_case() == LinkFrame::BODY_NOT_SET) {
    malformed_ = true;
    return std::nullopt;
  }
  position_ += prefix + size;
  return frame;
}

} // namespace actors
