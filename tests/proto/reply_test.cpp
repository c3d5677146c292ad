#include "proto/client_codec.hpp"

#include <gtest/gtest.h>

namespace proto {
namespace {

using namespace std::string_literals;
using roost::client::Reply;

std::string encode(wire_format format, const Reply& reply) {
  std::string out;
  EXPECT_TRUE(append_reply(format, reply, out));
  return out;
}

TEST(reply_test, an_error_reply) {
  Reply reply;
  reply.set_id(2);
  reply.mutable_error()->set_code(100);
  reply.mutable_error()->set_message("oh");
  reply.mutable_error()->set_temporary(true);
  EXPECT_EQ(encode(wire_format::json, reply),
            R"({"id":2,"error":{"code":100,"message":"oh","temporary":true}})");
  EXPECT_EQ(encode(wire_format::protobuf, reply),
            "\x0c"        // 12 bytes follow
            "\x08\x02"    // id = 2
            "\x12\x08"    // error, 8 bytes
            "\x08\x64"    //   code = 100
            "\x12\x02oh"  //   message = "oh"
            "\x18\x01"s); //   temporary = true
}

TEST(reply_test, a_connect_reply) {
  Reply reply;
  reply.set_id(1);
  auto& result = *reply.mutable_connect();
  result.set_client("c");
  result.set_version("v");
  result.set_ping(25);
  result.set_pong(true);
  auto& sub = (*result.mutable_subs())["x"];
  sub.set_recoverable(true);
  sub.set_epoch("e");
  sub.set_offset(4);
  EXPECT_EQ(encode(wire_format::json, reply),
            R"({"id":1,"connect":{"client":"c","version":"v","subs":{"x":)"
            R"({"recoverable":true,"epoch":"e","offset":4}},"ping":25,)"
            R"("pong":true}})");
  EXPECT_EQ(encode(wire_format::protobuf, reply),
            "\x1c"     // 28 bytes follow
            "\x08\x01" // id = 1
            "\x2a\x18" // connect, 24 bytes
            "\x0a\x01"
            "c" //   client = "c"
            "\x12\x01"
            "v"        //   version = "v"
            "\x32\x0c" //   subs, one entry
            "\x0a\x01"
            "x"        //     key = "x"
            "\x12\x07" //     value: SubscribeResult
            "\x18\x01" //       recoverable = true
            "\x32\x01"
            "e"           //       epoch = "e"
            "\x48\x04"    //       offset = 4
            "\x38\x19"    //   ping = 25
            "\x40\x01"s); //   pong = true
}

TEST(reply_test, a_subscribe_reply_with_missed_publications) {
  Reply reply;
  reply.set_id(3);
  auto& result = *reply.mutable_subscribe();
  result.set_recovered(true);
  result.set_was_recovering(true);
  result.set_id(9);
  auto& pub = *result.add_publications();
  pub.set_data("1");
  pub.set_offset(8);
  EXPECT_EQ(encode(wire_format::json, reply),
            R"({"id":3,"subscribe":{"publications":[{"data":1,"offset":8}],)"
            R"("recovered":true,"was_recovering":true,"id":9}})");
  EXPECT_EQ(encode(wire_format::protobuf, reply),
            "\x11"     // 17 bytes follow
            "\x08\x03" // id = 3
            "\x32\x0d" // subscribe, 13 bytes
            "\x3a\x05" //   publications[0]
            "\x22\x01"
            "1"           //     data = "1"
            "\x30\x08"    //     offset = 8
            "\x40\x01"    //   recovered = true
            "\x60\x01"    //   was_recovering = true
            "\x70\x09"s); //   id = 9
}

TEST(reply_test, an_unsubscribe_push) {
  Reply reply;
  auto& push = *reply.mutable_push();
  push.set_channel("x");
  push.mutable_unsubscribe()->set_code(2500);
  push.mutable_unsubscribe()->set_reason("r");
  EXPECT_EQ(encode(wire_format::json, reply),
            R"({"push":{"channel":"x","unsubscribe":)"
            R"({"code":2500,"reason":"r"}}})");
  EXPECT_EQ(encode(wire_format::protobuf, reply),
            "\x0d"         // 13 bytes follow
            "\x22\x0b"     // push, 11 bytes
            "\x12\x01x"    //   channel = "x"
            "\x3a\x06"     //   unsubscribe, 6 bytes
            "\x10\xc4\x13" //     code = 2500
            "\x1a\x01r"s); //     reason = "r"
}

TEST(reply_test, messages_are_separated) {
  Reply reply;
  reply.set_id(1);
  std::string json;
  append_reply(wire_format::json, reply, json);
  append_ping(wire_format::json, json);
  append_reply(wire_format::json, reply, json);
  EXPECT_EQ(json, "{\"id\":1}\n{}\n{\"id\":1}");
  std::string protobuf;
  append_reply(wire_format::protobuf, reply, protobuf);
  append_ping(wire_format::protobuf, protobuf);
  append_reply(wire_format::protobuf, reply, protobuf);
  EXPECT_EQ(protobuf, "\x02\x08\x01\x00\x02\x08\x01"s);
}

TEST(reply_test, long_replies_have_long_lengths) {
  Reply reply;
  reply.mutable_rpc()->set_data(std::string(300, 'x'));
  auto bytes = encode(wire_format::protobuf, reply);
  EXPECT_EQ(bytes.substr(0, 8), "\xb2\x02"        // 306 bytes follow
                                "\x6a\xaf\x02"    // rpc, 303 bytes
                                "\x0a\xac\x02"s); // data, 300 bytes
  EXPECT_EQ(bytes.size(), 308U);
}

TEST(reply_test, what_json_cannot_say_leaves_no_trace) {
  Reply reply;
  reply.mutable_error()->set_message("\xff");
  std::string out = "{}";
  EXPECT_FALSE(append_reply(wire_format::json, reply, out));
  EXPECT_EQ(out, "{}");
}

} // namespace
} // namespace proto
