#include "proto/frame.hpp"

#include <algorithm>
#include <array>
#include <new>

namespace proto {

namespace {

/// A WebSocket header from a server: 2, 4 or 10 bytes (RFC 6455, 5.2).
struct header {
  std::array<std::uint8_t, 10> bytes;
  std::uint8_t size;
};

header make_header(wire_format format, std::size_t payload_size,
                   bool compressed = false) {
  constexpr std::uint8_t final_text = 0x81;
  constexpr std::uint8_t final_binary = 0x82;
  header out{};
  constexpr std::uint8_t first_reserved = 0x40;
  out.bytes[0] = format == wire_format::json ? final_text : final_binary;
  if (compressed)
    out.bytes[0] |= first_reserved;
  std::uint8_t length_bytes = 0;
  if (payload_size < 126) {
    out.bytes[1] = static_cast<std::uint8_t>(payload_size);
  } else if (payload_size <= 0xffff) {
    out.bytes[1] = 126;
    length_bytes = 2;
  } else {
    out.bytes[1] = 127;
    length_bytes = 8;
  }
  for (std::uint8_t i = 0; i < length_bytes; ++i)
    out.bytes[2U + i] =
        static_cast<std::uint8_t>(payload_size >> (8 * (length_bytes - 1 - i)));
  out.size = static_cast<std::uint8_t>(2 + length_bytes);
  return out;
}

/// Calls `take` with each message of a JSON payload.
template <class F>
void for_each_line(std::string_view payload, F take) {
  while (!payload.empty()) {
    const auto line = payload.substr(0, payload.find('\n'));
    take(line);
    payload.remove_prefix(std::min(line.size() + 1, payload.size()));
  }
}

/// The push in a reply that has nothing else; other messages as they are.
std::string_view without_reply(std::string_view message) {
  constexpr std::string_view begin = R"({"push":)";
  if (message.starts_with(begin) && message.ends_with('}')) {
    message.remove_prefix(begin.size());
    message.remove_suffix(1);
  }
  return message;
}

/// JSON messages, with `before` and `after` around each.
std::string wrapped(std::string_view payload, bool bare,
                    std::string_view before, std::string_view after) {
  std::string out;
  out.reserve(payload.size() + before.size() + after.size());
  for_each_line(payload, [&](std::string_view message) {
    out.append(before)
        .append(bare ? without_reply(message) : message)
        .append(after);
  });
  return out;
}

std::string_view view(const header& x) {
  return {reinterpret_cast<const char*>(x.bytes.data()), x.size};
}

} // namespace

frame_ptr frame::make(wire_format format, frame_form form,
                      std::string_view header, std::string_view payload) {
  auto* memory = ::operator new(sizeof(frame) + header.size() + payload.size());
  auto* fresh = new (memory) frame{
      format, form, static_cast<std::uint8_t>(header.size()), payload.size()};
  auto* bytes = reinterpret_cast<char*>(fresh + 1);
  header.copy(bytes, header.size());
  payload.copy(bytes + header.size(), payload.size());
  return frame_ptr{fresh};
}

frame_ptr frame::make(wire_format format, std::string_view payload) {
  return make(format, frame_form::websocket,
              view(make_header(format, payload.size())), payload);
}

frame_ptr frame::make_deflated(wire_format format, frame_form form,
                               std::string_view compressed) {
  return make(format, form, view(make_header(format, compressed.size(), true)),
              compressed);
}

frame_ptr frame::make_variant(frame_form form) const {
  const bool bare =
      form >= frame_form::bare_websocket && form <= frame_form::bare_events;
  switch (form) {
  case frame_form::websocket:
  case frame_form::deflated:
  case frame_form::bare_deflated:
    break;
  case frame_form::bare_websocket: {
    auto messages = wrapped(payload(), bare, "", "\n");
    messages.pop_back();
    return make(format_, form, view(make_header(format_, messages.size())),
                messages);
  }
  case frame_form::stream:
  case frame_form::bare_stream:
    if (format_ == wire_format::protobuf)
      break;
    return make(format_, form, {}, wrapped(payload(), bare, "", "\n"));
  case frame_form::events:
  case frame_form::bare_events:
    return make(format_, form, {}, wrapped(payload(), bare, "data: ", "\n\n"));
  }
  return make(format_, form, {}, payload());
}

/// Its variants may be in more queues than it was.
void frame::destroy(frame* dead) noexcept {
  auto* variant = dead->variants_;
  dead->~frame();
  ::operator delete(dead);
  while (variant != nullptr) {
    const frame_ptr last{variant};
    variant = std::exchange(variant->variants_, nullptr);
  }
}

frame_ptr frame_ptr::in(frame_form form) const {
  if (form == frame_->form_)
    return *this;
  return in(form, [form](const frame& x) { return x.make_variant(form); });
}

frame_ptr frame_ptr::variant(frame_form form) const noexcept {
  for (auto* x = frame_->variants_; x != nullptr; x = x->variants_)
    if (x->form_ == form) {
      ++x->references_;
      return frame_ptr{x};
    }
  return {};
}

frame_ptr frame_ptr::add_variant(frame_ptr made) const noexcept {
  ++made.frame_->references_; // of the list
  made.frame_->variants_ = std::exchange(frame_->variants_, made.frame_);
  return made;
}

frame_ptr frame_builder::finish(wire_format format) {
  // One big message must not keep its memory for the life of the thread.
  constexpr std::size_t keep_bytes = 256 * 1024;
  auto out = frame::make(format, buffer_);
  if (buffer_.capacity() > keep_bytes)
    std::string{}.swap(buffer_); // Assignment would keep the memory.
  else
    buffer_.clear();
  return out;
}

} // namespace proto
