#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The client's side of RFC 6455, as far as a load generator needs it. Masks
// are zero, which is legal and costs nothing. The one extension is
// permessage-deflate, with which the server may compress; the client does not.

namespace net::load {

enum class opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

/// Appends one whole message to the server.
void append_frame(std::string& out, opcode kind, std::string_view payload);

/// The start of a frame from the server.
struct frame_header {
  enum class status : std::uint8_t { complete, incomplete, malformed };

  status what = status::incomplete;
  bool final = false;
  bool compressed = false;
  opcode kind = opcode::text;
  std::uint8_t size = 0; ///< Bytes of the header.
  std::uint64_t payload_size = 0;
};

inline frame_header read_frame_header(const char* at, std::size_t available) {
  frame_header out;
  if (available < 2)
    return out;
  auto byte = [at](std::size_t i) {
    return static_cast<std::uint8_t>(at[i]);
  };
  // Neither a mask nor a reserved bit but that of permessage-deflate.
  if ((byte(0) & 0x30) != 0 || (byte(1) & 0x80) != 0) {
    out.what = frame_header::status::malformed;
    return out;
  }
  out.final = (byte(0) & 0x80) != 0;
  out.compressed = (byte(0) & 0x40) != 0;
  out.kind = static_cast<opcode>(byte(0) & 0x0f);
  std::uint64_t length = byte(1);
  std::size_t extra = length < 126 ? 0 : length == 126 ? 2 : 8;
  if (available < 2 + extra)
    return out;
  if (extra > 0) {
    length = 0;
    for (std::size_t i = 0; i < extra; ++i)
      length = length << 8 | byte(2 + i);
  }
  out.size = static_cast<std::uint8_t>(2 + extra);
  out.payload_size = length;
  out.what = frame_header::status::complete;
  return out;
}

/// The request that makes a connection a WebSocket; with `deflate` one whose
/// server compresses.
std::string upgrade_request(std::string_view host, std::string_view path,
                            std::string_view subprotocol, bool deflate = false);

/// What the server said to it.
struct upgrade_answer {
  enum class status : std::uint8_t { accepted, incomplete, refused };

  status what = status::incomplete;
  std::size_t size = 0; ///< Bytes of the answer, when accepted.
  std::string why;      ///< When refused, for a person.
};

/// With `deflate` it is refused where the server does not agree to that.
upgrade_answer read_upgrade_answer(std::string_view bytes,
                                   bool deflate = false);

/// The same of a stream, which any HTTP 200 accepts.
upgrade_answer read_stream_answer(std::string_view bytes);

} // namespace net::load
