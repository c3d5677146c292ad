#include "tests/client/client_test.hpp"

namespace {

using namespace client_test_support;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class commands_test : public client_test {
protected:
  static std::string echo(int id) {
    return R"({"id":)" + std::to_string(id)
           + R"(,"rpc":{"method":"roost.echo","data":)" + std::to_string(id)
           + "}}";
  }
};

TEST_F(commands_test, echoes) {
  auto client = connected("alice");

  client.say(R"({"id":2,"rpc":{"method":"roost.echo","data":{"a": [1, 2]}}})");

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"id":2,"rpc":{"data":{"a":[1,2]}}})"));
}

TEST_F(commands_test, knows_no_other_rpc_method) {
  auto client = connected("alice");

  client.say(R"({"id":2,"rpc":{"method":"score"}})");

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"error":{"code":108,)"
                                         R"("message":"not available"}})"));
}

TEST_F(commands_test, takes_no_messages_without_answer) {
  auto client = connected("alice");

  client.say(R"({"send":{"data":{}}})");

  EXPECT_EQ(client.ending(), "3508 not available");
}

TEST_F(commands_test, answers_the_commands_of_a_frame_in_one_frame) {
  auto client = connected("alice");

  client.say(echo(2) + "\n" + echo(3) + "\n" + echo(4) + "\n");

  EXPECT_THAT(client.link().frames, SizeIs(1));
  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"rpc":{"data":2}})",
                                         R"({"id":3,"rpc":{"data":3}})",
                                         R"({"id":4,"rpc":{"data":4}})"));
}

TEST_F(commands_test, act_in_a_room_once_the_client_is_in_it) {
  auto client = connected("alice");
  rooms.hold();

  client.say(R"({"id":2,"subscribe":{"channel":"chat:1"}})"
             "\n"
             R"({"id":3,"history":{"channel":"chat:1"}})"
             "\n"
             + echo(4));
  EXPECT_THAT(client.hear(), IsEmpty());
  rooms.answer_all();
  run();

  EXPECT_THAT(client.hear(), ElementsAre(HasSubstr(R"({"id":2,"subscribe":{)"),
                                         R"({"id":4,"rpc":{"data":4}})",
                                         HasSubstr(R"({"id":3,"history":{)")));
}

TEST_F(commands_test, is_not_overtaken_by_a_push) {
  auto client = connected("alice");

  // Given an answer that waits for the end of the turn
  client.self().on_message(echo(2));
  EXPECT_THAT(client.link().frames, IsEmpty());

  // When an audience delivers
  client.self().deliver(proto::frame::make(proto::wire_format::json, "push"));
  run();

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"id":2,"rpc":{"data":2}})", "push"));
}

TEST_F(commands_test, handles_connect_and_what_follows_in_one_frame) {
  auto client = arrive();

  client.say(R"({"id":1,"connect":{"token":")" + token("alice") + "\"}}\n"
             + R"({"id":2,"subscribe":{"channel":"open:1"}})" + "\n" + echo(3));

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"id":1,"connect":{"client":"CLIENT",)"
                          R"("version":"Roost 0.0.0","ping":25,"pong":true}})",
                          R"({"id":3,"rpc":{"data":3}})",
                          R"({"id":2,"subscribe":{}})"));
}

TEST_F(commands_test, keeps_later_frames_until_the_connect_is_done) {
  auto client = arrive();
  auto& self = client.self();

  // When more comes while the user is registered
  self.on_message(R"({"id":1,"connect":{"token":")" + token("alice")
                  + R"("}})");
  self.on_message(echo(2));
  EXPECT_TRUE(client.link().paused);
  self.on_message(echo(3));
  run();

  // Then it is answered after the connect, and reading goes on
  const auto heard = client.hear();
  ASSERT_THAT(heard, SizeIs(3));
  EXPECT_EQ(heard[1], R"({"id":2,"rpc":{"data":2}})");
  EXPECT_EQ(heard[2], R"({"id":3,"rpc":{"data":3}})");
  EXPECT_FALSE(client.link().paused);
}

TEST_F(commands_test, bounds_what_waits_for_the_connect) {
  auto client = arrive();
  auto& self = client.self();
  const std::string large(config.websocket.message_size_limit, ' ');

  self.on_message(R"({"id":1,"connect":{"token":")" + token("alice")
                  + R"("}})");
  self.on_message(large);
  self.on_message(large);
  self.on_message(large);
  run();

  EXPECT_EQ(client.ending(), "3013 too many requests");
}

TEST_F(commands_test, are_counted_by_kind) {
  auto client = connected("alice");
  client.say(R"({"id":2,"subscribe":{"channel":"chat:1"}})");

  client.say(R"({"id":3,"publish":{"channel":"chat:1","data":1}})"
             "\n"
             R"({"id":4,"presence":{"channel":"chat:1"}})"
             "\n"
             R"({"id":5,"presence_stats":{"channel":"chat:1"}})"
             "\n"
             R"({"id":6,"history":{"channel":"chat:1"}})"
             "\n"
             R"({"id":7,"sub_refresh":{"channel":"chat:1"}})"
             "\n"
             R"({"id":8,"unsubscribe":{"channel":"chat:1"}})"
             "\n"
             R"({"id":9,"rpc":{"method":"roost.echo","data":1}})"
             "\n"
             R"({"id":10,"refresh":{"token":")"
             + token("alice")
             + "\"}}\n"
               R"({"send":{"data":1}})");

  for (const auto* kind : actors::connection::command_names())
    EXPECT_EQ(commands(kind), std::string_view{kind} == "pong" ? 0u : 1u)
        << kind;
}

TEST_F(commands_test, takes_the_first_of_several_requests_in_one_command) {
  auto client = connected("alice");

  client.say(R"({"id":2,"rpc":{"method":"roost.echo"},)"
             R"("unsubscribe":{"channel":"a"}})");

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"unsubscribe":{}})"));
}

struct malformed {
  const char* what;
  const char* bytes;
};

class malformed_test : public client_test,
                       public ::testing::WithParamInterface<malformed> {};

TEST_P(malformed_test, ends_the_connection) {
  auto client = connected("alice");

  client.say(GetParam().bytes);

  EXPECT_EQ(client.ending(), "3501 bad request") << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    frames, malformed_test,
    ::testing::Values(malformed{"no command", ""},
                      malformed{"an empty line", "\n"},
                      malformed{"two newlines", "{\"id\":2,\"rpc\":{}}\n\n"},
                      malformed{"cut off", R"({"id":2,"rpc":)"},
                      malformed{"no object", "[]"},
                      malformed{"a wrong type", R"({"id":"2","rpc":{}})"},
                      malformed{"no request", R"({"id":2})"},
                      malformed{"only a ping", R"({"id":2,"ping":{}})"}));

TEST_F(commands_test, answers_what_came_before_a_malformed_command) {
  auto client = connected("alice");

  client.say(echo(2) + "\n{");

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"rpc":{"data":2}})"));
  EXPECT_EQ(client.closed(),
            (recording_link::closing{3501, "bad request", true}));
}

TEST_F(commands_test, tells_a_json_client_of_an_info_that_is_no_json) {
  config.channel.namespaces["open"].presence = true;
  config.channel.namespaces["open"].allow_presence_for_client = true;
  auto client = connected("alice");
  rooms["open:1"].presence["x"].set_conn_info("not JSON");

  client.say(R"({"id":2,"presence":{"channel":"open:1"}})");

  EXPECT_THAT(client.hear(),
              ElementsAre(testing::HasSubstr(R"("conn_info":"bm90IEpTT04=")")));
}

} // namespace
