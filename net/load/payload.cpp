#include "net/load/payload.hpp"

#include <cassert>

namespace net::load {

namespace {

void write_letters(char* at, std::uint64_t x, int count) {
  for (int i = 0; i < count; ++i, x >>= 4)
    at[i] = static_cast<char>('@' | (x & 0xf));
}

} // namespace

payload_writer::payload_writer(std::size_t size) : text_(payload_start) {
  assert(size >= min_size);
  text_.append(stamp_end - text_.size(), '@');
  text_ += R"(","p":")";
  text_.append(size - text_.size() - 2, 'x');
  text_ += R"("})";
}

std::string_view payload_writer::write(const stamp& x) {
  char* at = text_.data() + payload_start.size();
  write_letters(at, x.source, 8);
  write_letters(at + 8, x.number, 16);
  write_letters(at + 24, x.time, 16);
  return text_;
}

} // namespace net::load
