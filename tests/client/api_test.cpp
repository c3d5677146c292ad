#include "tests/client/api_test.hpp"

#include "proto/api.pb.h"

#include <google/protobuf/descriptor.h>

namespace {

using namespace client_test_support;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

using api_rooms_test = api_test;
using api_http_test = api_test;

// -- rooms --------------------------------------------------------------------

TEST_F(api_rooms_test, publish_answers_the_position) {
  EXPECT_EQ(call("publish", R"({"channel":"chat:1","data":{"x": 1},)"
                            R"("tags":{"a":"b"},"idempotency_key":"k",)"
                            R"("skip_history":true,"version":3,)"
                            R"("version_epoch":"v","unknown":1})"),
            R"(200 {"result":{"offset":1,"epoch":"E"}})");
  const auto asked_rooms = rooms.take();
  ASSERT_THAT(asked_rooms, SizeIs(1));
  const auto& publish = asked_rooms[0]->publish();
  EXPECT_EQ(asked_rooms[0]->room(), "chat:1");
  EXPECT_EQ(publish.data(), R"({"x":1})");
  EXPECT_EQ(publish.tags().at("a"), "b");
  EXPECT_EQ(publish.idempotency_key(), "k");
  EXPECT_TRUE(publish.skip_history());
  EXPECT_EQ(publish.version(), 3u);
  EXPECT_EQ(publish.version_epoch(), "v");
  EXPECT_FALSE(publish.has_info());
  EXPECT_FALSE(publish.delta());
}

TEST_F(api_rooms_test, publish_marks_what_may_be_sent_as_a_delta) {
  call("publish", R"({"channel":"chat:1","data":1,"delta":true})");
  call("broadcast", R"({"channels":["chat:1"],"data":1,"delta":true})");
  for (const auto& x : rooms.take())
    EXPECT_TRUE(x->publish().delta());
  config.channel.namespaces["chat"].delta_publish = true;
  call("publish", R"({"channel":"chat:1","data":1})");
  EXPECT_TRUE(rooms.take().at(0)->publish().delta());
}

TEST_F(api_rooms_test, publish_takes_base64) {
  call("publish", R"({"channel":"chat:1","data":1,"b64data":"/w=="})");

  EXPECT_EQ(rooms.take().at(0)->publish().data(), "\xff");
}

TEST_F(api_rooms_test, publish_refuses_what_makes_no_sense) {
  EXPECT_EQ(call("publish", R"({"data":1})"),
            R"(200 {"error":{"code":107,"message":"bad request"}})");
  EXPECT_EQ(call("publish", R"({"channel":"chat:1"})"),
            R"(200 {"error":{"code":107,"message":"bad request"}})");
  EXPECT_EQ(call("publish", R"({"channel":"other:1","data":1})"),
            R"(200 {"error":{"code":102,"message":"unknown channel"}})");
}

TEST_F(api_rooms_test, publish_bounds_what_comes_beside_the_data) {
  const auto publish = [this](const std::string& member) {
    return call("publish", R"({"channel":"chat:1","data":1,)" + member + "}");
  };
  const auto text = [](std::size_t size) {
    return std::string(size, 'x');
  };
  const auto bad = R"(200 {"error":{"code":107,"message":"bad request"}})";
  for (const auto* key : {"idempotency_key", "version_epoch"}) {
    const auto member = '"' + std::string{key} + R"(":")";
    EXPECT_THAT(publish(member + text(256) + '"'), HasSubstr("offset"));
    EXPECT_EQ(publish(member + text(257) + '"'), bad);
  }
  EXPECT_THAT(publish(R"("tags":{"a":")" + text(16 * 1024 - 1) + R"("})"),
              HasSubstr("offset"));
  EXPECT_EQ(publish(R"("tags":{"a":")" + text(16 * 1024) + R"("})"), bad);
}

TEST_F(api_rooms_test, names_of_rooms_are_as_long_as_those_of_clients) {
  const auto publish = [this](std::size_t length) {
    return call("publish", R"({"channel":"chat:)" + std::string(length - 5, 'x')
                               + R"(","data":1})");
  };
  const auto most = config.client.channel_max_length;
  EXPECT_THAT(publish(most), HasSubstr("offset"));
  EXPECT_THAT(publish(most + 1), HasSubstr("107"));
}

TEST_F(api_rooms_test, publish_passes_the_error_of_a_room_on) {
  rooms.fail(100);

  EXPECT_EQ(call("publish", R"({"channel":"chat:1","data":1})"),
            R"(200 {"error":{"code":100,"message":"internal server error"}})");
}

TEST_F(api_rooms_test, broadcast_answers_for_each_channel_in_order) {
  EXPECT_EQ(call("broadcast",
                 R"({"channels":["chat:1","other:1","chat:1"],"data":1})"),
            R"(200 {"result":{"responses":[)"
            R"({"result":{"offset":1,"epoch":"E"}},)"
            R"({"error":{"code":102,"message":"unknown channel"}},)"
            R"({"result":{"offset":2,"epoch":"E"}}]}})");
  EXPECT_EQ(call("broadcast", R"({"channels":[],"data":1})"),
            R"(200 {"error":{"code":107,"message":"bad request"}})");
}

TEST_F(api_rooms_test, presence_lists_and_counts) {
  auto& alice = rooms["chat:1"].presence["c1"];
  alice.set_user("alice");
  alice.set_client("c1");
  alice.set_conn_info(R"({"name":"A"})");

  EXPECT_EQ(call("presence", R"({"channel":"chat:1"})"),
            R"(200 {"result":{"presence":{"c1":{"user":"alice","client":"c1",)"
            R"("conn_info":{"name":"A"}}}}})");
  EXPECT_EQ(call("presence_stats", R"({"channel":"chat:1"})"),
            R"(200 {"result":{"num_clients":1,"num_users":1}})");
  EXPECT_EQ(call("presence", R"({"channel":"open:1"})"),
            R"(200 {"error":{"code":108,"message":"not available"}})");
  EXPECT_EQ(call("presence_stats", R"({"channel":"open:1"})"),
            R"(200 {"error":{"code":108,"message":"not available"}})");
}

TEST_F(api_rooms_test, history_gives_publications) {
  call("publish", R"({"channel":"chat:1","data":1})");
  call("publish", R"({"channel":"chat:1","data":2,"tags":{"a":"b"}})");

  EXPECT_EQ(call("history", R"({"channel":"chat:1"})"),
            R"(200 {"result":{"publications":[],"epoch":"E","offset":2}})");
  EXPECT_EQ(call("history", R"({"channel":"chat:1","limit":-1,)"
                            R"("since":{"offset":1,"epoch":"E"}})"),
            R"(200 {"result":{"publications":[{"data":2,"offset":2,)"
            R"("tags":{"a":"b"}}],"epoch":"E","offset":2}})");
  EXPECT_EQ(call("history", R"({"channel":"chat:1","limit":1,)"
                            R"("since":{"offset":1,"epoch":"X"}})"),
            R"(200 {"error":{"code":112,"message":"unrecoverable position"}})");
  EXPECT_EQ(call("history", R"({"channel":"chat:1","limit":1,"reverse":true,)"
                            R"("since":{"epoch":"E"}})"),
            R"(200 {"error":{"code":107,"message":"bad request"}})");
  EXPECT_EQ(call("history", R"({"channel":"open:1","limit":1})"),
            R"(200 {"error":{"code":108,"message":"not available"}})");
}

TEST_F(api_rooms_test, history_that_is_no_json_comes_as_base64) {
  call("publish", R"({"channel":"chat:1","b64data":"/w=="})");

  EXPECT_EQ(call("history", R"({"channel":"chat:1","limit":1})"),
            R"(200 {"result":{"publications":[{"data":"/w==","offset":1,)"
            R"("tags":{"roost.encoding":"base64"}}],"epoch":"E","offset":1}})");
}

TEST_F(api_rooms_test, history_remove_asks_the_room) {
  EXPECT_EQ(call("history_remove", R"({"channel":"chat:1"})"),
            R"(200 {"result":{}})");
  EXPECT_TRUE(rooms.take().at(0)->has_history_remove());
}

// -- HTTP ---------------------------------------------------------------------

TEST_F(api_http_test, unknown_methods_are_not_found) {
  EXPECT_THAT(call("map_publish", "{}"), StartsWith("404 "));
  EXPECT_THAT(call("", "{}"), StartsWith("404 "));
}

TEST_F(api_http_test, rpc_has_no_methods) {
  EXPECT_EQ(call("rpc", R"({"method":"x"})"),
            R"(200 {"error":{"code":104,"message":"not found"}})");
}

TEST_F(api_http_test, every_other_method_of_the_schema_is_answered) {
  nodes_say({{"node-1", reached(0)}});
  const auto* commands = roost::api::Command::descriptor();
  for (int i = 0; i < commands->field_count(); ++i) {
    const auto& name = commands->field(i)->name();
    if (name == "rpc")
      continue;
    EXPECT_THAT(call(name, "{}"), Not(HasSubstr("\"code\":104"))) << name;
    EXPECT_NE(text(), "no answer") << name;
  }
}

TEST_F(api_http_test, a_command_with_two_methods_is_the_first) {
  EXPECT_EQ(call("batch", R"({"commands":[{"history":{"channel":"open:1"},)"
                          R"("publish":{"channel":"open:1","data":1}}]})"),
            R"(200 {"replies":[{"publish":{"offset":1,"epoch":"E"}}]})");
}

TEST_F(api_http_test, malformed_json_is_a_bad_request) {
  EXPECT_THAT(call("publish", "{"), StartsWith("400 "));
  EXPECT_THAT(call("publish", ""), StartsWith("400 "));
  EXPECT_EQ(call("publish", R"({"channel":1})"),
            R"(400 field "channel" must be a string, found a number)");
  EXPECT_THAT(call("batch", "[]"), StartsWith("400 "));
}

TEST_F(api_http_test, errors_become_status_codes_on_request) {
  EXPECT_EQ(call("publish", R"({"channel":"other:1","data":1})", true),
            R"(404 {"code":102,"message":"unknown channel"})");
  EXPECT_EQ(call("publish", R"({"data":1})", true),
            R"(400 {"code":107,"message":"bad request"})");
  EXPECT_EQ(call("history",
                 R"({"channel":"chat:1","limit":1,)"
                 R"("since":{"offset":1,"epoch":"X"}})",
                 true),
            R"(416 {"code":112,"message":"unrecoverable position"})");
  rooms.fail(100);
  EXPECT_EQ(call("publish", R"({"channel":"chat:1","data":1})", true),
            R"(500 {"code":100,"message":"internal server error"})");
}

TEST_F(api_http_test, batch_answers_each_command) {
  for (const auto* parallel : {"false", "true"})
    EXPECT_EQ(call("batch", R"({"commands":[)"
                            R"({"publish":{"channel":"open:1","data":1}},)"
                            R"({"presence":{"channel":"open:1"}},)"
                            R"({"map_publish":{}},{},null],"parallel":)"
                                + std::string{parallel} + "}"),
              R"(200 {"replies":[{"publish":{"offset":)"
                  + std::string{*parallel == 'f' ? "1" : "2"}
                  + R"(,"epoch":"E"}},)"
                  + R"({"error":{"code":108,"message":"not available"}},)"
                    R"({"error":{"code":104,"message":"not found"}},)"
                    R"({"error":{"code":104,"message":"not found"}},)"
                    R"({"error":{"code":107,"message":"bad request"}}]})");
}

TEST_F(api_http_test, batch_without_commands_is_empty) {
  EXPECT_EQ(call("batch", "{}"), R"(200 {"replies":[]})");
}

TEST_F(api_http_test, batch_goes_in_order_unless_told_otherwise) {
  api();
  rooms.hold();
  const std::string commands =
      R"({"commands":[{"publish":{"channel":"open:1","data":1}},)"
      R"({"publish":{"channel":"open:1","data":2}}])";

  EXPECT_EQ(call("batch", commands + "}"), "no answer");
  rooms.answer_all();
  run();
  EXPECT_THAT(text(), HasSubstr(R"("offset":2)"));
}

TEST_F(api_http_test, batch_holds_its_limit) {
  config.limits.api_batch_commands = 1;
  EXPECT_EQ(call("batch", R"({"commands":[{"info":{}},{"info":{}}]})"),
            "400 a batch of 2 commands is over the limit of 1");
  EXPECT_THAT(call("broadcast", R"({"channels":["a","b"],"data":1})"),
              HasSubstr("107"));
}

TEST_F(api_http_test, legacy_lines_are_answered_in_order) {
  EXPECT_EQ(
      legacy(R"({"method":"publish","params":{"channel":"chat:1","data":1}})"
             "\n"
             R"({"method":"nothing","params":{}})"
             "\n"
             R"({"method":"presence_stats","params":{"channel":"chat:1"}})"
             "\n"),
      "200 {\"result\":{\"offset\":1,\"epoch\":\"E\"}}\n"
      "{\"error\":{\"code\":104,\"message\":\"not found\"}}\n"
      "{\"result\":{\"num_clients\":0,\"num_users\":1}}");
  EXPECT_THAT(legacy("{"), StartsWith("400 "));
  EXPECT_THAT(legacy(""), StartsWith("400 "));
}

TEST_F(api_http_test, requests_under_way_are_limited) {
  config.limits.api_requests = 1;
  config.node.lanes = 1;
  api();
  rooms.hold();
  std::string first;
  api().call("publish", R"({"channel":"open:1","data":1})", false,
             [&](actors::api_response x) { first = x.body; });
  run();

  EXPECT_EQ(call("publish", R"({"channel":"open:1","data":1})"),
            R"(200 {"error":{"code":111,"message":"too many requests"}})");

  rooms.answer_all();
  run();
  EXPECT_THAT(first, HasSubstr("offset"));
  EXPECT_THAT(call("publish", R"({"channel":"open:1","data":1})"),
              HasSubstr("offset"));
}

TEST_F(api_http_test, requests_are_answered_when_the_node_stops) {
  api();
  rooms.hold();
  api().call("publish", R"({"channel":"open:1","data":1})", false,
             keep_answer());
  run();

  caf::anon_send_exit(api_handle, caf::exit_reason::user_shutdown);
  run();

  EXPECT_EQ(text(), "503 the node is stopping");
}

} // namespace
