#include "net/load/inflater.hpp"

#include <gtest/gtest.h>

#include <zlib.h>

namespace net::load {

namespace {

/// As a server without context sends it.
std::string compressed(std::string text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY),
            Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 16, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_SYNC_FLUSH), Z_OK);
  out.resize(out.size() - stream.avail_out - 4);
  deflateEnd(&stream);
  return out;
}

} // namespace

TEST(load_inflater_test, makes_the_message_again_and_again) {
  inflater makes;
  // More than it remembers.
  for (int i = 0; i < 300; ++i) {
    const auto text = std::string(100'000, 'a') + std::to_string(i % 100);
    const auto* made = makes.inflate(compressed(text), 1 << 20);
    ASSERT_NE(made, nullptr);
    EXPECT_EQ(*made, text);
  }
}

TEST(load_inflater_test, has_none_for_what_is_broken_or_too_large) {
  inflater makes;
  const auto whole = compressed(std::string(1000, 'a'));
  EXPECT_EQ(makes.inflate(whole, 999), nullptr);
  EXPECT_NE(makes.inflate(whole, 1000), nullptr);
  EXPECT_EQ(makes.inflate("\x06\xff\xff", 1000), nullptr);
}

} // namespace net::load
