#include "proto/client_codec.hpp"
#include "proto/frame.hpp"

#include <gtest/gtest.h>

namespace proto {
namespace {

using namespace std::string_literals;

TEST(frame_test, a_short_text_frame_has_a_header_of_two_bytes) {
  auto frame = frame::make(wire_format::json, "{}");
  EXPECT_EQ(frame->wire(), "\x81"  // final, text
                           "\x02"  // unmasked, 2 bytes
                           "{}"s); //
  EXPECT_EQ(frame->payload(), "{}");
}

TEST(frame_test, protobuf_goes_in_binary_frames) {
  EXPECT_EQ(frame::make(wire_format::protobuf, "\0"s)->wire(),
            "\x82"    // final, binary
            "\x01"    // unmasked, 1 byte
            "\x00"s); // an empty reply: ping
}

TEST(frame_test, lengths_are_written_in_the_shortest_form) {
  struct {
    std::size_t size;
    std::string header;
  } cases[] = {
      {0, "\x81\x00"s},
      {125, "\x81\x7d"s},
      {126, "\x81\x7e\x00\x7e"s},
      {65'535, "\x81\x7e\xff\xff"s},
      {65'536, "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s},
  };
  for (auto& [size, header] : cases) {
    auto payload = std::string(size, 'x');
    auto frame = frame::make(wire_format::json, payload);
    EXPECT_EQ(frame->wire(), header + payload) << size;
    EXPECT_EQ(frame->payload(), payload) << size;
  }
}

TEST(frame_test, pointers_share_and_count) {
  auto one = frame::make(wire_format::json, "{}");
  EXPECT_EQ(one.use_count(), 1U);
  auto two = one;
  EXPECT_EQ(two.use_count(), 2U);
  EXPECT_EQ(one, two);
  EXPECT_EQ(one->wire().data(), two->wire().data());
  auto three = std::move(two);
  EXPECT_FALSE(two); // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(one.use_count(), 2U);
  three = frame_ptr{};
  EXPECT_EQ(one.use_count(), 1U);
  auto& same = one;
  one = same;
  EXPECT_EQ(one.use_count(), 1U);
  EXPECT_EQ(frame_ptr{}.use_count(), 0U);
}

TEST(frame_test, a_builder_starts_again_after_each_frame) {
  frame_builder builder;
  append_ping(wire_format::json, builder.buffer());
  append_ping(wire_format::json, builder.buffer());
  EXPECT_EQ(builder.finish(wire_format::json)->payload(), "{}\n{}");
  EXPECT_TRUE(builder.empty());
  append_ping(wire_format::protobuf, builder.buffer());
  append_ping(wire_format::protobuf, builder.buffer());
  EXPECT_EQ(builder.finish(wire_format::protobuf)->payload(), "\0\0"s);
}

TEST(frame_test, a_builder_keeps_no_huge_buffer) {
  frame_builder builder;
  builder.buffer().assign(10'000'000, 'x');
  builder.finish(wire_format::json);
  EXPECT_LT(builder.buffer().capacity(), 1'000'000U);
}

} // namespace

TEST(frame_form_test, puts_each_message_on_a_line_of_a_stream) {
  const auto one = frame::make(wire_format::json, R"({"id":1}
{"push":{"channel":"a","pub":{"data":{}}}})");
  EXPECT_EQ(one.in(frame_form::stream)->wire(), R"({"id":1}
{"push":{"channel":"a","pub":{"data":{}}}}
)");
}

TEST(frame_form_test, makes_each_message_an_event) {
  const auto one = frame::make(wire_format::json, "{}\n{\"id\":1}");
  EXPECT_EQ(one.in(frame_form::events)->wire(),
            "data: {}\n\ndata: {\"id\":1}\n\n");
}

TEST(frame_form_test, takes_the_reply_from_around_a_push) {
  const auto one = frame::make(wire_format::json, R"({"push":{"channel":"a"}}
{})");
  EXPECT_EQ(one.in(frame_form::bare_stream)->wire(),
            "{\"channel\":\"a\"}\n{}\n");
  EXPECT_EQ(one.in(frame_form::bare_events)->wire(),
            "data: {\"channel\":\"a\"}\n\ndata: {}\n\n");
  EXPECT_EQ(one.in(frame_form::bare_websocket)->wire(),
            "\x81\x12{\"channel\":\"a\"}\n{}");
}

TEST(frame_form_test, leaves_protobuf_behind_its_lengths) {
  const auto one = frame::make(wire_format::protobuf, "\1\2\0"s);
  EXPECT_EQ(one.in(frame_form::stream)->wire(), "\1\2\0"s);
}

TEST(frame_form_test, makes_a_form_once_and_keeps_it) {
  const auto one = frame::make(wire_format::json, "{}");
  EXPECT_EQ(one.in(frame_form::websocket), one);
  const auto stream = one.in(frame_form::stream);
  const auto events = one.in(frame_form::events);
  EXPECT_EQ(one.in(frame_form::stream), stream);
  EXPECT_EQ(one.in(frame_form::events), events);
  EXPECT_EQ(stream.use_count(), 2U); // the frame has it, too
}

TEST(frame_form_test, keeps_a_form_that_is_used_longer_than_the_frame) {
  auto one = frame::make(wire_format::json, "{}");
  const auto stream = one.in(frame_form::stream);
  auto events = one.in(frame_form::events);
  one = {};
  EXPECT_EQ(stream->wire(), "{}\n");
  EXPECT_EQ(stream.use_count(), 1U);
  events = {};
  EXPECT_EQ(stream->wire(), "{}\n");
}

} // namespace proto
