#include "proto/frame.hpp"

#include <array>
#include <cstring>
#include <new>

namespace proto {

namespace {

/// A WebSocket header from a server: 2, 4 or 10 bytes (RFC 6455, 5.2).
struct header {
  std::array<std::uint8_t, 10> bytes;
  std::uint8_t size;
};

header make_header(wire_format format, std::size_t payload_size) {
  constexpr std::uint8_t final_text = 0x81;
  constexpr std::uint8_t final_binary = 0x82;
  header out{};
  out.bytes[0] = format == wire_format::json ? final_text : final_binary;
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

} // namespace

frame_ptr frame::make(wire_format format, std::string_view payload) {
  auto head = make_header(format, payload.size());
  auto* memory = ::operator new(sizeof(frame) + head.size + payload.size());
  auto* fresh = new (memory) frame{head.size, payload.size()};
  auto* bytes = reinterpret_cast<char*>(fresh + 1);
  std::memcpy(bytes, head.bytes.data(), head.size);
  if (!payload.empty())
    std::memcpy(bytes + head.size, payload.data(), payload.size());
  return frame_ptr{fresh};
}

void frame::destroy(frame* dead) noexcept {
  dead->~frame();
  ::operator delete(dead);
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
