#include "net/websocket/deflate.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <zlib.h>

namespace net {

namespace {

using outcome = inflater::outcome;

std::string random_text(std::size_t size, unsigned letters) {
  std::minstd_rand random{static_cast<unsigned>(size) + letters};
  std::string out;
  for (std::size_t i = 0; i < size; ++i)
    out += static_cast<char>('a' + random() % letters);
  return out;
}

/// A message whose last block says so, as some clients send it.
std::string finished(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

} // namespace

TEST(deflate_test, gives_back_what_it_took) {
  deflater small{1};
  deflater smaller{9};
  inflater back;
  std::string out;
  for (const std::size_t size : {0, 1, 2, 100, 16'383, 16'384, 16'385, 300'000})
    for (const unsigned letters : {1, 2, 26}) {
      const auto text = random_text(size, letters);
      for (auto* x : {&small, &smaller}) {
        const std::string compressed{x->compress(text)};
        ASSERT_EQ(back.inflate(compressed, size, out), outcome::whole);
        ASSERT_EQ(out, text);
      }
    }
}

TEST(deflate_test, keeps_nothing_from_one_message_to_the_next) {
  deflater x{6};
  const std::string first{x.compress("the same text")};
  EXPECT_EQ(x.compress("the same text"), first);
}

TEST(deflate_test, reads_the_examples_of_the_rfc) { // 7.2.3
  inflater x;
  std::string out;
  for (const std::string_view hello :
       {std::string_view{"\xf2\x48\xcd\xc9\xc9\x07\x00", 7},
        std::string_view{"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", 11},
        std::string_view{"\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8},
        std::string_view{"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
                         13}}) {
    ASSERT_EQ(x.inflate(hello, 100, out), outcome::whole);
    EXPECT_EQ(out, "Hello");
  }
}

TEST(deflate_test, reads_on_behind_a_last_block) {
  inflater x;
  std::string out;
  EXPECT_EQ(x.inflate(finished("one ") + finished("two"), 100, out),
            outcome::whole);
  EXPECT_EQ(out, "one two");
}

TEST(deflate_test, stops_at_the_bound) {
  deflater x{9};
  inflater back;
  std::string out;
  const std::string bomb{x.compress(std::string(10'000'000, 'a'))};
  EXPECT_LT(bomb.size(), 20'000u);
  EXPECT_EQ(back.inflate(bomb, 65'536, out), outcome::too_large);
  EXPECT_LE(out.size(), 65'537u);
  EXPECT_EQ(back.inflate(x.compress("aaaa"), 4, out), outcome::whole);
  EXPECT_EQ(back.inflate(x.compress("aaaaa"), 4, out), outcome::too_large);
}

TEST(deflate_test, refuses_what_is_none) {
  inflater x;
  std::string out;
  std::minstd_rand random{1};
  std::size_t broken = 0;
  for (int i = 0; i < 2'000; ++i) {
    std::string noise(1 + random() % 64, '\0');
    for (auto& c : noise)
      c = static_cast<char>(random());
    broken += x.inflate(noise, 100'000, out) == outcome::broken ? 1 : 0;
  }
  EXPECT_GT(broken, 1'500u);
  deflater good{6};
  EXPECT_EQ(x.inflate(good.compress("still well"), 100, out), outcome::whole);
}

} // namespace net
