#include "proto/client_codec.hpp"
#include "proto/push_codec.hpp"

#include <gtest/gtest.h>

namespace proto {
namespace {

using namespace std::string_literals;
using roost::client::ClientInfo;
using roost::client::Publication;
using roost::client::Push;
using roost::client::Reply;

constexpr wire_format formats[] = {wire_format::json, wire_format::protobuf};

void name(Push& push, channel_or_id channel) {
  if (channel.id > 0)
    push.set_id(channel.id);
  else
    push.set_channel(std::string{channel.channel});
}

/// Expects that `append` writes what append_reply makes of `reply`, alone and
/// behind another message.
template <class Append>
void expect_same(wire_format format, const Reply& reply, Append append) {
  for (auto before : {false, true}) {
    std::string expected;
    std::string found;
    if (before) {
      append_ping(format, expected);
      append_ping(format, found);
    }
    EXPECT_TRUE(append_reply(format, reply, expected));
    EXPECT_TRUE(append(found));
    EXPECT_EQ(found, expected);
  }
}

void expect_same_publication(channel_or_id channel, const Publication& pub) {
  Reply reply;
  name(*reply.mutable_push(), channel);
  *reply.mutable_push()->mutable_pub() = pub;
  // The very object of the reply: equal maps may differ in their order.
  for (auto format : formats)
    expect_same(format, reply, [&](std::string& out) {
      return append_publication_push(format, channel, reply.push().pub(), out);
    });
}

Publication full_publication() {
  Publication pub;
  pub.set_data("{ \"a\": \"\xc3\xbc\\n\" }");
  pub.mutable_info()->set_user("u\"");
  pub.mutable_info()->set_client("c");
  pub.mutable_info()->set_conn_info("[1]");
  pub.mutable_info()->set_chan_info("\"x\"");
  pub.set_offset(18446744073709551615U);
  for (auto key : {"z", "\n", "a", "m"})
    (*pub.mutable_tags())[key] = "v\\";
  pub.set_delta(true);
  pub.set_time(-1);
  pub.set_channel("other");
  pub.set_key("k");
  pub.set_removed(true);
  pub.set_score(-5);
  pub.set_epoch("e");
  pub.set_version(7);
  return pub;
}

TEST(push_codec_test, a_publication_by_channel) {
  Publication pub;
  pub.set_data(R"({"a":1})");
  pub.set_offset(300);
  std::string json;
  EXPECT_TRUE(append_publication_push(wire_format::json, {"x"}, pub, json));
  EXPECT_EQ(json,
            R"({"push":{"channel":"x","pub":{"data":{"a":1},"offset":300}}})");
  std::string protobuf;
  EXPECT_TRUE(
      append_publication_push(wire_format::protobuf, {"x"}, pub, protobuf));
  EXPECT_EQ(protobuf, "\x13"              // 19 bytes follow
                      "\x22\x11"          // push, 17 bytes
                      "\x12\x01x"         //   channel = "x"
                      "\x22\x0c"          //   pub, 12 bytes
                      "\x22\x07{\"a\":1}" //     data
                      "\x30\xac\x02"s     //     offset = 300
  );
}

TEST(push_codec_test, a_numeric_id_replaces_the_channel) {
  Publication pub;
  pub.set_data("1");
  std::string json;
  EXPECT_TRUE(append_publication_push(wire_format::json, {"x", 5}, pub, json));
  EXPECT_EQ(json, R"({"push":{"id":5,"pub":{"data":1}}})");
  std::string protobuf;
  EXPECT_TRUE(
      append_publication_push(wire_format::protobuf, {"x", 5}, pub, protobuf));
  EXPECT_EQ(protobuf, "\x09"     // 9 bytes follow
                      "\x22\x07" // push, 7 bytes
                      "\x08\x05" //   id = 5
                      "\x22\x03" //   pub, 3 bytes
                      "\x22\x01"
                      "1"s); //     data = "1"
}

TEST(push_codec_test, publications_are_those_of_the_generic_encoding) {
  for (auto& channel :
       {channel_or_id{"news"}, channel_or_id{"a\"\n\xc3\xbc"},
        channel_or_id{"news", 1}, channel_or_id{"news", 9223372036854775807},
        channel_or_id{""}}) {
    expect_same_publication(channel, {});
    expect_same_publication(channel, full_publication());
  }
}

TEST(push_codec_test, each_field_of_a_publication_is_the_generic_one) {
  auto full = full_publication();
  auto* type = Publication::descriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    // Everything but one field.
    auto pub = full;
    pub.GetReflection()->ClearField(&pub, type->field(i));
    expect_same_publication({"x"}, pub);
  }
}

TEST(push_codec_test, every_size_of_a_publication_is_the_generic_one) {
  for (auto size : {0, 1, 100, 110, 115, 120, 125, 126, 127, 128, 200, 16'370,
                    16'380, 16'384, 70'000}) {
    Publication pub;
    pub.set_data('"' + std::string(static_cast<std::size_t>(size), 'x') + '"');
    expect_same_publication({"x"}, pub);
  }
}

TEST(push_codec_test, join_and_leave_are_those_of_the_generic_encoding) {
  ClientInfo full;
  full.set_user("u");
  full.set_client("c");
  full.set_conn_info("{}");
  full.set_chan_info("{ }");
  for (auto& info : {ClientInfo{}, full})
    for (auto format : formats)
      for (auto channel : {channel_or_id{"x"}, channel_or_id{"x", 3}}) {
        Reply join;
        name(*join.mutable_push(), channel);
        *join.mutable_push()->mutable_join()->mutable_info() = info;
        expect_same(format, join, [&](std::string& out) {
          return append_join_push(format, channel, info, out);
        });
        Reply leave;
        name(*leave.mutable_push(), channel);
        *leave.mutable_push()->mutable_leave()->mutable_info() = info;
        expect_same(format, leave, [&](std::string& out) {
          return append_leave_push(format, channel, info, out);
        });
      }
}

TEST(push_codec_test, writes_data_that_is_not_json_like_the_general_writer) {
  Publication pub;
  pub.set_data("\x01");
  pub.mutable_info()->set_user("u");
  pub.mutable_info()->set_client("c");
  pub.mutable_info()->set_chan_info("{");
  (*pub.mutable_tags())["z"] = "1";
  Reply reply;
  reply.mutable_push()->set_channel("x");
  *reply.mutable_push()->mutable_pub() = pub;
  expect_same(wire_format::json, reply, [&](std::string& out) {
    return append_publication_push(wire_format::json, {"x"}, pub, out);
  });
}

TEST(push_codec_test, what_json_cannot_say_leaves_no_trace) {
  std::string out = "{}";
  auto refused = [&](const Publication& pub, std::string_view channel = "x") {
    return !append_publication_push(wire_format::json, {channel}, pub, out)
           && out == "{}";
  };
  Publication key;
  key.set_key("\xff");
  EXPECT_TRUE(refused(key));
  Publication tag;
  (*tag.mutable_tags())["\xff"] = "";
  EXPECT_TRUE(refused(tag));
  EXPECT_TRUE(refused({}, "\xff"));
  ClientInfo client;
  client.set_user("\xff");
  EXPECT_FALSE(append_join_push(wire_format::json, {"x"}, client, out));
  EXPECT_EQ(out, "{}");
}

} // namespace
} // namespace proto
