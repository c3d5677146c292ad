#pragma once

#include "actors/messages.hpp"
#include "proto/frame.hpp"
#include "proto/wire_format.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace actors {

/// How a subscriber gets pushes of a room; subscribers that agree in all share
/// the same frames.
struct push_variant {
  proto::wire_format format = proto::wire_format::json;
  bool by_id = false;      ///< The room is named by its number.
  bool join_leave = false; ///< Joins and leaves are among them.
  bool publications = true;

  static constexpr std::size_t count = 8 * proto::wire_formats;

  std::size_t index() const {
    return ((static_cast<std::size_t>(format) * 2 + (by_id ? 1 : 0)) * 2
            + (join_leave ? 1 : 0))
               * 2
           + (publications ? 1 : 0);
  }
};

/// Part of a batch of events, which it keeps alive.
struct event_slice {
  std::shared_ptr<const room_events> batch;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Events of a room as one kind of subscriber gets them.
struct encoded_events {
  std::vector<proto::frame_ptr> frames;
  std::size_t publications = 0;
  std::size_t joins = 0;
  std::size_t leaves = 0;
};

/// Encodes the events that wait in a room, at most once for each variant.
class fan_out {
public:
  /// Pushes in one frame, at most.
  static constexpr std::size_t frame_pushes = 64;
  /// Bytes after which a frame takes no further push.
  static constexpr std::size_t frame_bytes = 64 * 1024;

  /// What it is given outlives it. `id` is the room's number.
  fan_out(proto::frame_builder& builder, const std::string& room,
          std::int64_t id, const std::vector<event_slice>& events)
      : builder_(&builder), room_(&room), id_(id), events_(&events) {}

  const encoded_events& of(push_variant variant);

  /// How many frames were made.
  std::size_t frames_made() const { return frames_made_; }

private:
  encoded_events encode(push_variant variant);
  bool append(const room_event& event, push_variant variant,
              encoded_events& out);

  proto::frame_builder* builder_;
  const std::string* room_;
  std::int64_t id_;
  const std::vector<event_slice>* events_;
  std::array<std::optional<encoded_events>, push_variant::count> made_;
  std::size_t frames_made_ = 0;
};

} // namespace actors
