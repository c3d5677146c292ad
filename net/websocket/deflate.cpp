#include "net/websocket/deflate.hpp"

#include <algorithm>
#include <new>
#include <zlib.h>

namespace net {

namespace {

constexpr int raw_window = -15; ///< Without zlib's header and sum.
constexpr int memory_level = 8;

/// What a flush ends with, and messages go without.
constexpr std::string_view tail{"\0\0\xff\xff", 4};

/// Bytes that `inflate` makes at a time.
constexpr std::size_t step = 16 * 1024;

/// zlib only reads it.
Bytef* input(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

} // namespace

struct deflater::state {
  z_stream stream{};
};

deflater::deflater(int level) : state_(std::make_unique<state>()) {
  if (deflateInit2(&state_->stream, level, Z_DEFLATED, raw_window, memory_level,
                   Z_DEFAULT_STRATEGY)
      != Z_OK)
    throw std::bad_alloc{};
}

deflater::~deflater() {
  deflateEnd(&state_->stream);
}

std::string_view deflater::compress(std::string_view message) {
  constexpr std::size_t keep_bytes = 256 * 1024;
  if (out_.capacity() > keep_bytes)
    std::string{}.swap(out_);
  auto& stream = state_->stream;
  deflateReset(&stream);
  // The bound is that of a whole stream; a flush adds an empty block.
  out_.resize(deflateBound(&stream, message.size()) + 16);
  stream.next_in = input(message);
  stream.avail_in = static_cast<uInt>(message.size());
  stream.next_out = reinterpret_cast<Bytef*>(out_.data());
  stream.avail_out = static_cast<uInt>(out_.size());
  ::deflate(&stream, Z_SYNC_FLUSH);
  return {out_.data(), out_.size() - stream.avail_out - tail.size()};
}

struct inflater::state {
  z_stream stream{};
};

inflater::inflater() : state_(std::make_unique<state>()) {
  if (inflateInit2(&state_->stream, raw_window) != Z_OK)
    throw std::bad_alloc{};
}

inflater::~inflater() {
  inflateEnd(&state_->stream);
}

inflater::outcome inflater::inflate(std::string_view compressed,
                                    std::size_t most, std::string& out) {
  out.clear();
  inflateReset(&state_->stream);
  const auto first = feed(compressed, most, out);
  return first == outcome::whole ? feed(tail, most, out) : first;
}

inflater::outcome inflater::feed(std::string_view bytes, std::size_t most,
                                 std::string& out) {
  auto& stream = state_->stream;
  stream.next_in = input(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  for (;;) {
    const auto before = out.size();
    // One more than may be, to see that there is more.
    const auto room = std::min(step, most + 1 - before);
    out.resize(before + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(room);
    const auto code = ::inflate(&stream, Z_SYNC_FLUSH);
    out.resize(before + room - stream.avail_out);
    if (out.size() > most)
      return outcome::too_large;
    if (code == Z_STREAM_END) // a last block; more blocks may follow it
      inflateReset(&stream);
    else if (code != Z_OK && code != Z_BUF_ERROR)
      return outcome::broken;
    if (stream.avail_in == 0 && stream.avail_out > 0)
      return outcome::whole;
    if (code == Z_BUF_ERROR && stream.avail_out > 0)
      return outcome::broken; // it takes nothing and makes nothing
  }
}

} // namespace net
