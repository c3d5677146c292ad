#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// The frame of handshake messages: magic (4 bytes), version (2), length of
/// the body (2), body. Integers are big endian. Part of the contract between
/// all versions: never change it.
namespace net::peer {

/// Version of the handshake and of what links say afterwards.
inline constexpr std::uint16_t protocol_version = 1;

inline constexpr std::string_view frame_magic = "ROST";
inline constexpr std::size_t frame_header_size = 8;
inline constexpr std::size_t max_frame_body = 4096;

struct frame_header {
  std::uint16_t version = 0;
  std::uint16_t body_size = 0;
};

/// True while `bytes`, the first to come, may begin a frame: so that junk is
/// refused by its first wrong byte.
bool may_begin_frame(std::string_view bytes);

/// Reads a header that `may_begin_frame`.
frame_header parse_header(std::span<const char, frame_header_size> bytes);

/// A whole frame; `body` must not be longer than `max_frame_body`.
std::string make_frame(std::uint16_t version, std::string_view body);

} // namespace net::peer
