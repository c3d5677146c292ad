#include "net/load/inflater.hpp"

#include <algorithm>
#include <new>
#include <utility>
#include <zlib.h>

namespace net::load {

namespace {

constexpr int raw_window = -15;
constexpr std::size_t step = 64 * 1024;

/// What a message goes without.
constexpr std::string_view tail{"\0\0\xff\xff", 4};

} // namespace

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

const std::string* inflater::inflate(std::string_view compressed,
                                     std::size_t most) {
  if (const auto* known = made_.find(compressed))
    return known;
  std::string out;
  if (!make(compressed, most, out))
    return nullptr;
  return &made_.put(std::string{compressed}, std::move(out));
}

bool inflater::make(std::string_view compressed, std::size_t most,
                    std::string& out) {
  std::string in{compressed};
  in += tail;
  auto& stream = state_->stream;
  inflateReset(&stream);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  do {
    const auto before = out.size();
    if (before > most)
      return false;
    out.resize(before + step);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(step);
    const auto code = ::inflate(&stream, Z_SYNC_FLUSH);
    out.resize(before + step - stream.avail_out);
    if (code != Z_OK && code != Z_BUF_ERROR)
      return false;
  } while (stream.avail_out == 0);
  return stream.avail_in == 0 && out.size() <= most;
}

} // namespace net::load
