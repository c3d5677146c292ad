#include "net/peer/handshake_frame.hpp"

#include <cassert>

namespace net::peer {

namespace {

std::uint16_t read_u16(std::string_view bytes) {
  auto at = [bytes](std::size_t i) {
    return static_cast<unsigned>(static_cast<unsigned char>(bytes[i]));
  };
  return static_cast<std::uint16_t>(at(0) << 8U | at(1));
}

void append_u16(std::string& out, std::size_t value) {
  out += static_cast<char>(value >> 8U & 0xFFU);
  out += static_cast<char>(value & 0xFFU);
}

} // namespace

bool may_begin_frame(std::string_view bytes) {
  auto n = std::min(bytes.size(), frame_magic.size());
  if (bytes.substr(0, n) != frame_magic.substr(0, n))
    return false;
  return bytes.size() < frame_header_size
         || read_u16(bytes.substr(6)) <= max_frame_body;
}

frame_header parse_header(std::span<const char, frame_header_size> bytes) {
  std::string_view text{bytes.data(), bytes.size()};
  return {read_u16(text.substr(4)), read_u16(text.substr(6))};
}

std::string make_frame(std::uint16_t version, std::string_view body) {
  assert(body.size() <= max_frame_body);
  std::string frame{frame_magic};
  append_u16(frame, version);
  append_u16(frame, body.size());
  frame += body;
  return frame;
}

} // namespace net::peer
