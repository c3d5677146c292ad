#pragma once

#include "actors/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace actors {

/// A frame may not be larger; whoever gets a larger one cuts the link.
constexpr std::size_t max_link_frame = 64 * 1024 * 1024;

/// What one batch holds at most. Longer messages hold up CAF's heartbeats.
constexpr std::size_t max_link_batch = 64 * 1024;

/// The way out: LinkFrames, each prefixed by its length as a varint, cut into
/// batches.
class outgoing_stream {
public:
  /// `max_frame`: what one frame may take, at most `max_link_frame`.
  explicit outgoing_stream(std::size_t max_frame = max_link_frame)
      : max_frame_(max_frame) {}

  // Each returns how many bytes it appended: 0 when the frame would be too
  // large, or holds text that is not UTF-8, which the peer could not read.

  /// Appends a LinkFrame with `id` whose body is field `field`.
  std::size_t append(std::uint64_t id, int field,
                     const google::protobuf::MessageLite& body);

  /// The same with ShardRequests of these.
  std::size_t append(std::uint64_t id, int field,
                     const shard_requests& requests);

  /// Appends a whole LinkFrame.
  std::size_t append(const roost::link::LinkFrame& frame);

  /// Appends a LinkFrame with RoomEvents, from the objects that rooms share:
  /// nothing is copied but into the stream. `gap`: see RoomEvents.
  std::size_t append(const deliver_remote& events, bool gap);

  bool empty() const { return bytes_ == 0; }

  /// Bytes that wait.
  std::size_t size() const { return bytes_; }

  /// Takes up to `max_link_batch` bytes off the front.
  std::string take_batch();

  void clear();

private:
  template <class Write>
  std::size_t append_frame(std::size_t size, Write write);
  void append_bytes(std::string_view bytes);

  std::size_t max_frame_;
  std::deque<std::string> full_;
  std::string tail_;
  std::size_t bytes_ = 0;
  std::string scratch_;
};

/// The way in: puts the frames of a stream of batches together again.
class incoming_stream {
public:
  /// Adds a batch. Afterwards take frames until there is none.
  void feed(std::string_view bytes);

  /// The next complete frame.
  std::optional<roost::link::LinkFrame> next();

  /// Whether the frame of the last `next` does not parse, between two that may:
  /// no more of it counts than its id and the kind of its body.
  bool broken() const { return broken_; }

  /// Whether the stream makes no sense. It stays so; there are no more frames.
  bool malformed() const { return malformed_; }

private:
  std::string rest_;
  std::size_t position_ = 0;
  bool broken_ = false;
  bool malformed_ = false;
};

} // namespace actors
