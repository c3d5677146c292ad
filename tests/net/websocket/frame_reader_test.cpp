#include "net/websocket/frame_reader.hpp"

#include <gmock/gmock.h>

#include <random>
#include <string>
#include <vector>

namespace net {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_literals;

constexpr std::size_t max_message = 1000;

/// A frame of a client: `first` is the first byte (final, opcode).
std::string client_frame(unsigned first, std::string_view payload,
                         std::string_view mask = "\x11\x22\x33\x44") {
  std::string out{static_cast<char>(first)};
  const auto size = payload.size();
  if (size <= 125) {
    out += static_cast<char>(0x80 | size);
  } else if (size <= 0xffff) {
    out += static_cast<char>(0x80 | 126);
    out += static_cast<char>(size >> 8);
    out += static_cast<char>(size & 0xff);
  } else {
    out += static_cast<char>(0x80 | 127);
    for (int shift = 56; shift >= 0; shift -= 8)
      out += static_cast<char>(size >> shift & 0xff);
  }
  out += mask;
  for (std::size_t i = 0; i < size; ++i)
    out += static_cast<char>(payload[i] ^ mask[i % 4]);
  return out;
}

std::string text(std::string_view payload) {
  return client_frame(0x81, payload);
}

struct noting_sink final : frame_sink {
  bool on_message(std::string_view bytes, message_kind kind) override {
    seen.push_back((kind == message_kind::text ? "message " : "binary ")
                   + std::string{bytes});
    return !stops;
  }
  void on_ping(std::string_view payload) override {
    seen.push_back("ping " + std::string{payload});
  }
  void on_pong() override { seen.push_back("pong"); }
  void on_close(std::uint16_t code, std::string_view reason) override {
    seen.push_back("close " + std::to_string(code) + " " + std::string{reason});
  }

  std::vector<std::string> seen;
  bool stops = false;
};

class frame_reader_test : public testing::Test {
protected:
  /// Reads, and returns the code of the failure, or 0.
  unsigned read(std::string bytes) {
    // Of the exact size, so that a sanitizer sees a step too far.
    std::vector<char> exact{bytes.begin(), bytes.end()};
    const auto wrong = reader.read(exact, sink);
    return wrong ? static_cast<unsigned>(wrong->code) : 0;
  }

  noting_sink sink;
  frame_reader reader{max_message};
};

} // namespace

TEST_F(frame_reader_test, gives_messages_of_all_sizes) {
  for (const std::size_t size : {0, 1, 7, 8, 9, 125, 126, 127, 1000}) {
    sink.seen.clear();
    const std::string payload(size, 'x');
    EXPECT_EQ(read(text(payload)), 0u);
    EXPECT_THAT(sink.seen, ElementsAre("message " + payload));
  }
}

TEST_F(frame_reader_test, gives_binary_messages_as_they_are) {
  EXPECT_EQ(read(client_frame(0x82, "\xff\0\xfe"s)), 0u);
  EXPECT_THAT(sink.seen, ElementsAre("binary \xff\0\xfe"s));
}

TEST_F(frame_reader_test, gives_all_messages_of_one_read) {
  EXPECT_EQ(read(text("a") + client_frame(0x89, "p") + text("b")), 0u);
  EXPECT_THAT(sink.seen, ElementsAre("message a", "ping p", "message b"));
}

TEST_F(frame_reader_test, takes_bytes_one_by_one) {
  const auto bytes = text("abc") + client_frame(0x01, "de")
                     + client_frame(0x89, "p") + client_frame(0x80, "f")
                     + text(std::string(300, 'g'));
  for (const char c : bytes)
    EXPECT_EQ(read({c}), 0u);
  EXPECT_THAT(sink.seen, ElementsAre("message abc", "ping p", "message def",
                                     "message " + std::string(300, 'g')));
}

TEST_F(frame_reader_test, puts_fragments_together) {
  EXPECT_EQ(read(client_frame(0x01, "a") + client_frame(0x00, "")
                 + client_frame(0x00, "b") + client_frame(0x80, "c")),
            0u);
  EXPECT_EQ(read(text("d")), 0u);
  EXPECT_THAT(sink.seen, ElementsAre("message abc", "message d"));
}

TEST_F(frame_reader_test, lets_what_follows_wait_when_told_to_stop) {
  sink.stops = true;
  EXPECT_EQ(read(text("a") + text("b") + text("c")), 0u);
  EXPECT_THAT(sink.seen, ElementsAre("message a"));
  EXPECT_EQ(read(text("d")), 0u);
  EXPECT_THAT(sink.seen, ElementsAre("message a", "message b"));
  sink.stops = false;
  EXPECT_EQ(read({}), 0u);
  EXPECT_THAT(sink.seen,
              ElementsAre("message a", "message b", "message c", "message d"));
}

TEST_F(frame_reader_test, gives_code_and_reason_of_a_close_frame) {
  EXPECT_EQ(read(client_frame(0x88, "\x0f\xa0why"s) + text("late")), 0u);
  EXPECT_EQ(read(text("later")), 0u);
  EXPECT_THAT(sink.seen, ElementsAre("close 4000 why"));
}

TEST_F(frame_reader_test, takes_a_close_frame_without_a_code) {
  EXPECT_EQ(read(client_frame(0x88, "")), 0u);
  EXPECT_THAT(sink.seen, ElementsAre("close 1005 "));
}

TEST_F(frame_reader_test, gives_pongs) {
  EXPECT_EQ(read(client_frame(0x8a, "p")), 0u);
  EXPECT_THAT(sink.seen, ElementsAre("pong"));
}

TEST_F(frame_reader_test, allows_more_when_told_to) {
  reader.allow(max_message + 1);
  EXPECT_EQ(read(text(std::string(max_message + 1, 'x'))), 0u);
  EXPECT_EQ(read(text(std::string(max_message + 2, 'x'))), 1009u);
}

TEST_F(frame_reader_test, refuses_what_breaks_a_rule) {
  const std::vector<std::pair<std::string, unsigned>> broken{
      {"\x81\x01x"s, 1002},                    // not masked
      {client_frame(0xc1, "x"), 1002},         // reserved bit
      {client_frame(0x83, "x"), 1002},         // unknown opcode
      {client_frame(0x8b, "x"), 1002},         // unknown control opcode
      {client_frame(0x80, "x"), 1002},         // continues nothing
      {client_frame(0x09, "x"), 1002},         // fragmented ping
      {"\x89\xfe"s, 1002},                     // ping of more than 125 bytes
      {"\x81\xfe\x00\x7d"s, 1002},             // 125 in two bytes
      {"\x81\xff\0\0\0\0\0\0\xff\xff"s, 1002}, // 65,535 in eight bytes
      {"\x82\xff\x80\0\0\0\0\x01\0\0"s, 1002}, // highest bit
      {client_frame(0x88, "\x03"), 1002},      // half a code
      {client_frame(0x88, "\x03\xed"), 1002},  // 1005
      {client_frame(0x88, "\x03\xee"), 1002},  // 1006
      {client_frame(0x88, "\x13\x88"), 1002},  // 5000
      {client_frame(0x88, "\0\0"s), 1002},     // 0
      {client_frame(0x88, "\x03\xe8\xff"), 1007},
      {text("\xc3("), 1007},
      {client_frame(0x01, "\xc3") + client_frame(0x80, "("), 1007},
      {client_frame(0x01, "a") + text("b"), 1002},
      {text(std::string(max_message + 1, 'x')).substr(0, 4), 1009},
      {"\x82\xff\0\0\0\x01\0\0\0\0"s, 1009}, // 4 GiB
      {client_frame(0x01, std::string(max_message, 'x'))
           + client_frame(0x80, "y").substr(0, 2),
       1009},
  };
  for (const auto& [bytes, code] : broken) {
    frame_reader fresh{max_message};
    std::vector<char> exact{bytes.begin(), bytes.end()};
    const auto wrong = fresh.read(exact, sink);
    ASSERT_TRUE(wrong) << testing::PrintToString(bytes);
    EXPECT_EQ(static_cast<unsigned>(wrong->code), code)
        << testing::PrintToString(bytes);
    std::vector<char> more{'x'};
    EXPECT_FALSE(fresh.read(more, sink));
  }
  EXPECT_THAT(sink.seen, IsEmpty());
}

TEST_F(frame_reader_test, takes_a_text_whose_characters_are_cut_by_fragments) {
  EXPECT_EQ(read(client_frame(0x01, "\xc3") + client_frame(0x80, "\xa4")), 0u);
  EXPECT_THAT(sink.seen, ElementsAre("message \xc3\xa4"));
}

TEST_F(frame_reader_test, takes_a_text_that_is_cut_anywhere) {
  const std::string whole =
      "\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xef\xbf\xbf "
      "\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf";
  for (std::size_t a = 0; a <= whole.size(); ++a)
    for (std::size_t b = a; b <= whole.size(); ++b) {
      sink.seen.clear();
      EXPECT_EQ(read(client_frame(0x01, whole.substr(0, a))
                     + client_frame(0x00, whole.substr(a, b - a))
                     + client_frame(0x80, whole.substr(b))),
                0u);
      EXPECT_THAT(sink.seen, ElementsAre("message " + whole));
    }
}

TEST_F(frame_reader_test, refuses_a_text_at_the_fragment_that_is_none) {
  for (const auto* bytes :
       {"\x80", "a\xff", "\xc0", "\xc1", "\xf5", "\xc3(", "\xe0\x80",
        "\xed\xa0", "\xf0\x80", "\xf4\x90", "\xe2\x82(", "\xf0\x90\x80(",
        "a\x80\x80\x80", "\xc3\xa4\x80", "\xe2\x82\xac\x80",
        "\xf0\x90\x80\x80\x80"}) {
    frame_reader fresh{max_message};
    auto frame = client_frame(0x01, bytes);
    const auto wrong = fresh.read(frame, sink);
    ASSERT_TRUE(wrong) << testing::PrintToString(bytes);
    EXPECT_EQ(wrong->code, close_status::bad_payload);
  }
}

TEST_F(frame_reader_test, does_not_depend_on_how_bytes_are_cut) {
  std::string bytes;
  for (int i = 0; i < 40; ++i)
    bytes += text(std::string(static_cast<std::size_t>(i * 17 % 400), 'a'))
             + client_frame(0x02, "b") + client_frame(0x89, "c")
             + client_frame(0x80, std::to_string(i));
  ASSERT_EQ(read(bytes), 0u);
  const auto whole = std::exchange(sink.seen, {});
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random{seed};
    sink.seen.clear();
    for (std::size_t at = 0; at < bytes.size();) {
      const auto n = 1 + random() % (seed % 2 == 0 ? 20 : 900);
      sink.stops = random() % 4 == 0;
      ASSERT_EQ(read(bytes.substr(at, n)), 0u);
      at += n;
    }
    sink.stops = false;
    ASSERT_EQ(read({}), 0u);
    EXPECT_EQ(sink.seen, whole) << "seed " << seed;
  }
}

TEST_F(frame_reader_test, survives_any_bytes) {
  for (unsigned seed = 0; seed < 20'000; ++seed) {
    std::mt19937 random{seed};
    frame_reader fresh{max_message};
    bool failed = false;
    auto bytes = text("abc") + client_frame(0x01, "de")
                 + client_frame(0x80, std::string(130, 'f'))
                 + client_frame(0x88, "\x03\xe8");
    for (int i = 0; i < 3; ++i)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    for (std::size_t at = 0; at < bytes.size();) {
      const auto n =
          std::min<std::size_t>(1 + random() % 60, bytes.size() - at);
      std::vector<char> part(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                             bytes.begin()
                                 + static_cast<std::ptrdiff_t>(at + n));
      const bool fails = fresh.read(part, sink).has_value();
      EXPECT_FALSE(failed && fails) << "seed " << seed;
      failed = failed || fails;
      at += n;
    }
    sink.seen.clear();
  }
}

TEST(own_frames_test, are_as_the_rfc_says) {
  EXPECT_EQ(pong_frame("ab"), "\x8a\x02"
                              "ab");
  EXPECT_EQ(ping_frame(), "\x89\0"s);
  EXPECT_EQ(close_frame(3000, "why"), "\x88\x05\x0b\xb8why");
  EXPECT_EQ(close_frame(1005, "unsaid"), "\x88\0"s);
}

TEST(own_frames_test, cut_a_reason_between_characters) {
  const auto frame = close_frame(1000, std::string(122, 'x') + "\xc3\xa4");
  EXPECT_EQ(frame.size(), 2u + 2 + 122);
  EXPECT_EQ(frame[1], 124);
}

} // namespace net
