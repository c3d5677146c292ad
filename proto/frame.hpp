#pragma once

#include "proto/wire_format.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace proto {

class frame_ptr;

/// How messages stand in what a transport writes.
enum class frame_form : std::uint8_t {
  /// Behind the header of one WebSocket message: final, unmasked, text for JSON
  /// and binary for Protobuf.
  websocket,
  /// JSON: each with a line feed. Protobuf: each behind its length.
  stream,
  /// Each an event of text/event-stream; JSON only.
  events,
  /// The same for clients that only listen: pushes without the reply around
  /// them. JSON only.
  bare_websocket,
  bare_stream,
  bare_events,
  /// Behind a WebSocket header, compressed (RFC 7692); who compresses makes it.
  deflated,
  bare_deflated,
};

/// What one or more messages to a client look like on the wire: a header, where
/// the form has one, and the payload in one block of memory that never changes.
/// Encoded once, it is written to any number of connections.
///
/// The reference count is not atomic: a frame is made, shared and released on
/// the thread of one lane.
class frame {
public:
  frame(const frame&) = delete;
  frame& operator=(const frame&) = delete;

  /// A frame for WebSocket: copies `payload` behind its header; one allocation.
  static frame_ptr make(wire_format format, std::string_view payload);

  /// One for WebSocket whose payload is compressed; `form` is one of those.
  static frame_ptr make_deflated(wire_format format, frame_form form,
                                 std::string_view compressed);

  wire_format format() const noexcept { return format_; }

  /// Header and payload: what a transport writes.
  std::string_view wire() const noexcept {
    return {bytes(), header_size_ + payload_size_};
  }

  /// The messages without a WebSocket header.
  std::string_view payload() const noexcept {
    return {bytes() + header_size_, payload_size_};
  }

private:
  friend class frame_ptr;

  frame(wire_format format, frame_form form, std::uint8_t header_size,
        std::size_t payload_size) noexcept
      : header_size_(header_size), form_(form), format_(format),
        payload_size_(payload_size) {}

  static frame_ptr make(wire_format format, frame_form form,
                        std::string_view header, std::string_view payload);
  frame_ptr make_variant(frame_form form) const;

  // The bytes follow the object in the same allocation.
  const char* bytes() const noexcept {
    return reinterpret_cast<const char*>(this + 1);
  }

  static void destroy(frame* dead) noexcept;

  std::uint32_t references_ = 1;
  std::uint8_t header_size_;
  frame_form form_;
  wire_format format_;
  std::size_t payload_size_;
  frame* variants_ = nullptr; // the same in other forms, each with the next
};

/// Shares a frame on one thread; null when empty.
class frame_ptr {
public:
  frame_ptr() noexcept = default;

  frame_ptr(const frame_ptr& other) noexcept : frame_(other.frame_) {
    if (frame_)
      ++frame_->references_;
  }

  frame_ptr(frame_ptr&& other) noexcept
      : frame_(std::exchange(other.frame_, nullptr)) {}

  frame_ptr& operator=(frame_ptr other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }

  ~frame_ptr() {
    if (frame_ && --frame_->references_ == 0)
      frame::destroy(frame_);
  }

  explicit operator bool() const noexcept { return frame_ != nullptr; }
  const frame& operator*() const noexcept { return *frame_; }
  const frame* operator->() const noexcept { return frame_; }

  /// The same messages in another form, for a frame that `frame::make` made;
  /// made when it is first wanted, and kept as long as the frame.
  frame_ptr in(frame_form form) const;

  /// The same with `make(frame)`, which answers the form of this frame.
  template <class Make>
  frame_ptr in(frame_form form, Make make) const {
    auto known = variant(form);
    return known ? known : add_variant(make(*frame_));
  }

  /// How many pointers share the frame; 0 when empty.
  std::uint32_t use_count() const noexcept {
    return frame_ ? frame_->references_ : 0;
  }

  friend bool operator==(const frame_ptr&, const frame_ptr&) = default;

private:
  friend class frame;

  explicit frame_ptr(frame* fresh) noexcept : frame_(fresh) {}

  frame_ptr variant(frame_form form) const noexcept;
  frame_ptr add_variant(frame_ptr made) const noexcept;

  frame* frame_ = nullptr;
};

static_assert(sizeof(frame_ptr) == sizeof(void*));

/// Collects messages, then makes a frame of them. Meant to be kept, one for
/// each thread, so that its memory is reused.
class frame_builder {
public:
  /// Where the functions of proto/client_codec.hpp append.
  std::string& buffer() noexcept { return buffer_; }

  bool empty() const noexcept { return buffer_.empty(); }

  /// Makes a frame of what was appended and starts again with nothing.
  frame_ptr finish(wire_format format);

private:
  std::string buffer_;
};

} // namespace proto
