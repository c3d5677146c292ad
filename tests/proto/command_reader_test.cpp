#include "proto/client_codec.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace proto {
namespace {

using namespace std::string_literals;
using roost::client::Command;
using enum command_reader::status;

/// The ids of all commands of a message that reads to its end.
std::vector<unsigned> ids(wire_format format, std::string_view bytes) {
  command_reader reader{format, bytes};
  std::vector<unsigned> out;
  Command command;
  command_reader::status status;
  while ((status = reader.next(command)) == ok)
    out.push_back(command.id());
  EXPECT_EQ(status, end) << reader.reason();
  EXPECT_EQ(reader.next(command), end);
  return out;
}

using list = std::vector<unsigned>;

TEST(command_reader_test, reads_json_commands_one_a_line) {
  EXPECT_EQ(ids(wire_format::json, R"({"id":1,"ping":{}})"), list({1}));
  EXPECT_EQ(ids(wire_format::json, "{\"id\":1}\n{\"id\":2}\n{\"id\":3}"),
            list({1, 2, 3}));
  EXPECT_EQ(ids(wire_format::json, "{\"id\":1}\n{\"id\":2}\n"), list({1, 2}));
}

TEST(command_reader_test, an_empty_json_command_is_a_pong) {
  EXPECT_EQ(ids(wire_format::json, "{}"), list({0}));
  EXPECT_EQ(ids(wire_format::json, "{}\n{\"id\":2}"), list({0, 2}));
}

TEST(command_reader_test, reads_protobuf_commands_behind_their_length) {
  EXPECT_EQ(ids(wire_format::protobuf, "\x04"          // 4 bytes follow
                                       "\x08\x01"      // id = 1
                                       "\x5a\x00"      // ping = {}
                                       "\x03"          // 3 bytes follow
                                       "\x08\xac\x02"s // id = 300
                ),
            list({1, 300}));
}

TEST(command_reader_test, an_empty_protobuf_command_is_a_pong) {
  EXPECT_EQ(ids(wire_format::protobuf, "\0"s), list({0}));
  EXPECT_EQ(ids(wire_format::protobuf, "\0\x02\x08\x07"s), list({0, 7}));
}

TEST(command_reader_test, reads_what_a_client_sends_first) {
  auto bytes = "\x18"       // 24 bytes follow
               "\x08\x01"   // id = 1
               "\x22\x14"   // connect, 20 bytes
               "\x0a\x01t"  //   token = "t"
               "\x12\x02{}" //   data = "{}"
               "\x1a\x09"   //   subs, one entry
               "\x0a\x01x"  //     key = "x"
               "\x12\x04"   //     value: SubscribeRequest
               "\x18\x01"   //       recover = true
               "\x38\x05"   //       offset = 5
               "\x22\x00"s; //   name = ""
  command_reader reader{wire_format::protobuf, bytes};
  Command command;
  ASSERT_EQ(reader.next(command), ok) << reader.reason();
  EXPECT_EQ(command.connect().token(), "t");
  EXPECT_EQ(command.connect().data(), "{}");
  EXPECT_TRUE(command.connect().subs().at("x").recover());
  EXPECT_EQ(command.connect().subs().at("x").offset(), 5U);
  EXPECT_EQ(reader.next(command), end);
}

TEST(command_reader_test, nothing_is_no_command) {
  for (auto format : {wire_format::json, wire_format::protobuf}) {
    command_reader reader{format, ""};
    Command command;
    EXPECT_EQ(reader.next(command), malformed);
    EXPECT_EQ(reader.reason(), "the message holds no command");
    EXPECT_EQ(reader.next(command), malformed);
  }
}

TEST(command_reader_test, good_commands_come_out_before_a_bad_one) {
  command_reader reader{wire_format::json, "{\"id\":1}\n{\"id\":\n{\"id\":3}"};
  Command command;
  EXPECT_EQ(reader.next(command), ok);
  EXPECT_EQ(command.id(), 1U);
  EXPECT_EQ(reader.next(command), malformed);
  auto reason = reader.reason();
  EXPECT_EQ(reader.next(command), malformed);
  EXPECT_EQ(reader.reason(), reason);
}

TEST(command_reader_test, a_command_has_a_largest_size) {
  auto status = [](wire_format format, std::string_view bytes) {
    command_reader reader{format, bytes, 8};
    Command command;
    auto first = reader.next(command);
    EXPECT_EQ(first == malformed, !reader.reason().empty());
    return first;
  };
  EXPECT_EQ(status(wire_format::json, "{\"id\":1}"), ok);
  EXPECT_EQ(status(wire_format::json, "{\"id\":12}"), malformed);
  EXPECT_EQ(status(wire_format::protobuf, "\x08\x3a\x06\x0a\x04"
                                          "abcd"s),
            ok);
  EXPECT_EQ(status(wire_format::protobuf, "\x09\x3a\x07\x0a\x05"
                                          "abcde"s),
            malformed);
}

} // namespace
} // namespace proto
