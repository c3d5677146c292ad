#include "proto/api.pb.h"
#include "proto/client.pb.h"
#include "proto/json_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace proto {
namespace {

using roost::client::Command;

Command parse(std::string_view json) {
  Command out;
  EXPECT_EQ(parse_json(json, out), std::nullopt) << json;
  return out;
}

std::string error(std::string_view json) {
  Command out;
  return parse_json(json, out).value_or("no error");
}

TEST(json_reader_test, reads_every_kind_of_field) {
  auto command = parse(R"({"id":7,"connect":{"token":"t","data":{"a":1},)"
                       R"("subs":{"x":{"recover":true,"offset":9},"y":{}},)"
                       R"("headers":{"h":"v"},"flag":-3}})");
  EXPECT_EQ(command.id(), 7U);
  EXPECT_EQ(command.connect().token(), "t");
  EXPECT_EQ(command.connect().data(), R"({"a":1})");
  EXPECT_EQ(command.connect().subs().size(), 2U);
  EXPECT_TRUE(command.connect().subs().at("x").recover());
  EXPECT_EQ(command.connect().subs().at("x").offset(), 9U);
  EXPECT_EQ(command.connect().headers().at("h"), "v");
  EXPECT_EQ(command.connect().flag(), -3);
  auto refresh = parse(R"({"sub_refresh":{"untrack":["a","b"],)"
                       R"("track":[{"items":[{"key":"k","version":2}]}]}})");
  EXPECT_THAT(refresh.sub_refresh().untrack(), testing::ElementsAre("a", "b"));
  EXPECT_EQ(refresh.sub_refresh().track(0).items(0).version(), 2U);
}

TEST(json_reader_test, an_empty_object_sets_its_message) {
  EXPECT_TRUE(parse(R"({"ping":{}})").has_ping());
  EXPECT_FALSE(parse("{}").has_ping());
}

TEST(json_reader_test, clears_what_was_there) {
  Command command;
  command.set_id(5);
  command.mutable_ping();
  EXPECT_EQ(parse_json("{}", command), std::nullopt);
  EXPECT_EQ(command.id(), 0U);
  EXPECT_FALSE(command.has_ping());
}

TEST(json_reader_test, embedded_json_keeps_its_text) {
  auto data = [](std::string_view json) {
    return parse(R"({"publish":{"data":)" + std::string{json} + "}}")
        .publish()
        .data();
  };
  for (auto text : {"1.0", "1e2", "-0", "123456789012345678901234567890",
                    "true", "\"\"", R"("a\u00fc\n")", "[]", "{}", "[[],{}]",
                    R"({"a":{"b":[1,"}"]},"a":2})", R"("\ud800")"})
    EXPECT_EQ(data(text), text);
  EXPECT_EQ(data(" {\t\"a b\" : [ 1 , \" \" ] }\r"), R"({"a b":[1," "]})");
  EXPECT_EQ(data("  5  "), "5");
}

TEST(json_reader_test, a_lone_data_field_keeps_its_text) {
  roost::client::SendRequest send;
  EXPECT_EQ(parse_json("{\"data\":{}}", send), std::nullopt);
  EXPECT_EQ(send.data(), "{}");
  EXPECT_EQ(parse_json("{\"data\": [ ] } ", send), std::nullopt);
  EXPECT_EQ(send.data(), "[]");
}

TEST(json_reader_test, null_is_absent) {
  auto command = parse(R"({"id":null,"connect":null,"publish":)"
                       R"({"channel":null,"data":null,"removed":null}})");
  EXPECT_EQ(command.id(), 0U);
  EXPECT_FALSE(command.has_connect());
  EXPECT_TRUE(command.has_publish());
  EXPECT_EQ(command.publish().data(), "");
  EXPECT_FALSE(parse(R"({"ping":{},"ping":null})").has_ping());
}

TEST(json_reader_test, null_in_a_list_or_map_is_the_zero_value) {
  roost::api::BatchRequest batch;
  EXPECT_EQ(parse_json(R"({"commands":[null,{"info":{}}]})", batch),
            std::nullopt);
  ASSERT_EQ(batch.commands_size(), 2);
  EXPECT_EQ(batch.commands(0).ByteSizeLong(), 0U);
  EXPECT_TRUE(batch.commands(1).has_info());
  auto command = parse(R"({"connect":{"headers":{"h":null}}})");
  EXPECT_EQ(command.connect().headers().at("h"), "");
}

TEST(json_reader_test, says_which_messages_of_a_list_are_null) {
  roost::api::BatchRequest batch;
  null_messages nulls;
  EXPECT_EQ(parse_json(R"({"commands":[null,{}],"commands":[{},{"rpc":null},)"
                       R"(null]})",
                       batch, &nulls),
            std::nullopt);
  ASSERT_EQ(batch.commands_size(), 3);
  EXPECT_THAT(nulls, testing::ElementsAre(&batch.commands(2)));
}

TEST(json_reader_test, the_last_of_equal_names_wins) {
  auto command = parse(R"({"id":1,"id":2,"connect":{"token":"a"},)"
                       R"("connect":{"name":"b"}})");
  EXPECT_EQ(command.id(), 2U);
  EXPECT_EQ(command.connect().token(), "");
  EXPECT_EQ(command.connect().name(), "b");
  auto maps = parse(R"({"connect":{"headers":{"a":"1"},)"
                    R"("headers":{"b":"2","b":"3"}}})");
  EXPECT_EQ(maps.connect().headers().size(), 1U);
  EXPECT_EQ(maps.connect().headers().at("b"), "3");
  auto lists = parse(R"({"sub_refresh":{"untrack":["a"],"untrack":["b"]}})");
  EXPECT_THAT(lists.sub_refresh().untrack(), testing::ElementsAre("b"));
}

TEST(json_reader_test, a_key_that_comes_twice_is_in_the_map_once) {
  auto command = parse(R"({"connect":{"headers":{"b":"1","a":"2","b":"3"},)"
                       R"("subs":{"x":{"recover":true,"offset":9},"x":{}}}})");
  std::string again;
  EXPECT_TRUE(append_json(command, again));
  EXPECT_EQ(again, R"({"connect":{"subs":{"x":{}},)"
                   R"("headers":{"a":"2","b":"3"}}})");
}

TEST(json_reader_test, unknown_names_are_ignored) {
  auto command = parse(R"({"a":{"b":[1,{"c":"]"}]},"id":1,"z":"\n","y":-1e9,)"
                       R"("publish":{"x":null,"channel":"c","q":[]}})");
  EXPECT_EQ(command.id(), 1U);
  EXPECT_EQ(command.publish().channel(), "c");
}

TEST(json_reader_test, names_and_strings_are_unescaped) {
  auto command =
      parse(R"({"i\u0064":3,"rpc":{"method":"\u00fc\ud83d\ude00\"\/"}})");
  EXPECT_EQ(command.id(), 3U);
  EXPECT_EQ(command.rpc().method(), "ü😀\"/");
}

TEST(json_reader_test, whole_numbers_have_ranges) {
  EXPECT_EQ(parse(R"({"id":4294967295})").id(), 4294967295U);
  EXPECT_EQ(parse(R"({"history":{"limit":-2147483648}})").history().limit(),
            -2147483648);
  EXPECT_EQ(parse(R"({"subscribe":{"offset":18446744073709551615}})")
                .subscribe()
                .offset(),
            18446744073709551615U);
  EXPECT_EQ(error(R"({"id":4294967296})"),
            "field \"id\" must be a whole number from 0 to 4294967295, "
            "found 4294967296");
  for (auto number : {"-1", "1.0", "1e2", "0.5", "99999999999999999999"})
    EXPECT_EQ(error(R"({"id":)" + std::string{number} + "}"),
              "field \"id\" must be a whole number from 0 to 4294967295, "
              "found "
                  + std::string{number});
  EXPECT_EQ(error(R"({"history":{"limit":2147483648}})"),
            "field \"history.limit\" must be a whole number from -2147483648 "
            "to 2147483647, found 2147483648");
}

TEST(json_reader_test, wrong_types_are_named_with_their_path) {
  EXPECT_EQ(error(R"({"publish":{"channel":5}})"),
            "field \"publish.channel\" must be a string, found a number");
  EXPECT_EQ(error(R"({"id":"1"})"),
            "field \"id\" must be a number, found a string");
  EXPECT_EQ(error(R"({"id":true})"),
            "field \"id\" must be a number, found true or false");
  EXPECT_EQ(error(R"({"publish":[]})"),
            "field \"publish\" must be an object, found a list");
  EXPECT_EQ(error(R"({"publish":{"removed":{}}})"),
            "field \"publish.removed\" must be true or false, "
            "found an object");
  EXPECT_EQ(error(R"({"connect":{"subs":[]}})"),
            "field \"connect.subs\" must be an object, found a list");
  EXPECT_EQ(error(R"({"connect":{"subs":{"news":{"offset":"9"}}}})"),
            "field \"connect.subs[\"news\"].offset\" must be a number, "
            "found a string");
  EXPECT_EQ(error(R"({"sub_refresh":{"untrack":"a"}})"),
            "field \"sub_refresh.untrack\" must be a list, found a string");
  EXPECT_EQ(error(R"({"sub_refresh":{"track":[{},{"items":[{"key":1}]}]}})"),
            "field \"sub_refresh.track[1].items[0].key\" must be a string, "
            "found a number");
}

TEST(json_reader_test, only_an_object_is_a_message) {
  EXPECT_EQ(error("[]"), "the message must be an object, found a list");
  EXPECT_EQ(error("null"), "the message must be an object, found null");
  EXPECT_EQ(error("5"), "the message must be an object, found a number");
  EXPECT_EQ(error("\"a\""), "the message must be an object, found a string");
}

TEST(json_reader_test, base64_fields_are_decoded) {
  roost::api::PublishRequest request;
  EXPECT_EQ(parse_json(R"({"b64data":"AP8Q"})", request), std::nullopt);
  EXPECT_EQ(request.b64data(), std::string("\x00\xff\x10", 3));
  EXPECT_EQ(parse_json(R"({"b64data":"AP8"})", request),
            "field \"b64data\" must be standard base64 with padding");
  EXPECT_EQ(parse_json(R"({"b64data":{}})", request),
            "field \"b64data\" must be a string, found an object");
}

TEST(json_reader_test, real_numbers_are_read) {
  roost::api::Process process;
  EXPECT_EQ(parse_json(R"({"cpu":2.5e-1})", process), std::nullopt);
  EXPECT_EQ(process.cpu(), 0.25);
  EXPECT_EQ(parse_json(R"({"cpu":"x"})", process),
            "field \"cpu\" must be a number, found a string");
  EXPECT_TRUE(parse_json(R"({"cpu":1e999})", process));
}

TEST(json_reader_test, an_error_quotes_hostile_names_safely) {
  auto json =
      R"({"connect":{"headers":{"\n)" + std::string(500, 'x') + R"(":1}}})";
  EXPECT_EQ(error(json), "field \"connect.headers[\"\\n" + std::string(63, 'x')
                             + "...\"]\" must be a string, found a number");
}

} // namespace
} // namespace proto
