#include "tests/client/client_test.hpp"

namespace {

using namespace client_test_support;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class publish_test : public client_test {
protected:
  static std::string publish_command(const std::string& room,
                                     const std::string& data, int id = 3) {
    return R"({"id":)" + std::to_string(id) + R"(,"publish":{"channel":")"
           + room + '"' + (data.empty() ? "" : ",\"data\":" + data) + "}}";
  }

  static std::string error(int code, const std::string& message) {
    return R"({"id":3,"error":{"code":)" + std::to_string(code)
           + R"(,"message":")" + message + R"("}})";
  }
};

TEST_F(publish_test, asks_the_room_and_answers_when_it_is_done) {
  auto client = connected("alice");
  rooms.hold();

  client.say(publish_command("open:1", R"({"x": 1})"));
  EXPECT_THAT(client.hear(), IsEmpty());
  rooms.answer_all();
  run();

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":3,"publish":{}})"));
  const auto asked = rooms.take();
  ASSERT_THAT(asked, SizeIs(1));
  EXPECT_EQ(asked[0]->room(), "open:1");
  EXPECT_EQ(asked[0]->publish().data(), R"({"x":1})");
  EXPECT_EQ(asked[0]->publish().info().user(), "alice");
  EXPECT_EQ(asked[0]->publish().info().client(), client.id());
}

TEST_F(publish_test, passes_the_error_of_a_room_on) {
  auto client = connected("alice");
  rooms.fail(100);

  client.say(publish_command("open:1", "1"));

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"id":3,"error":{"code":100,"message":)"
                          R"("internal server error","temporary":true}})"));
}

TEST_F(publish_test, needs_a_channel) {
  auto client = connected("alice");

  client.say(publish_command("", "1"));

  EXPECT_EQ(client.ending(), "3501 bad request");
}

TEST_F(publish_test, needs_data) {
  auto client = connected("alice");

  client.say(publish_command("open:1", ""));

  EXPECT_THAT(client.hear(), ElementsAre(error(107, "bad request")));
}

TEST_F(publish_test, needs_a_known_namespace) {
  auto client = connected("alice");

  client.say(publish_command("other:1", "1"));

  EXPECT_THAT(client.hear(), ElementsAre(error(102, "unknown channel")));
}

TEST_F(publish_test, is_for_those_who_may) {
  auto client = connected("alice");

  client.say(publish_command("closed:1", "1"));

  EXPECT_THAT(client.hear(), ElementsAre(error(103, "permission denied")));
  EXPECT_THAT(rooms.take(), IsEmpty());
}

TEST_F(publish_test, is_for_subscribers_where_configured) {
  auto client = connected("alice");
  client.say(publish_command("chat:1", "1"));
  EXPECT_THAT(client.hear(), ElementsAre(error(103, "permission denied")));

  client.say(R"({"id":2,"subscribe":{"channel":"chat:1"}})");
  client.hear();
  client.say(publish_command("chat:1", "1"));

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":3,"publish":{}})"));
}

TEST_F(publish_test, knows_no_maps) {
  auto client = connected("alice");

  client.say(R"({"id":3,"publish":{"channel":"open:1","data":1,"type":1}})");

  EXPECT_THAT(client.hear(), ElementsAre(error(107, "bad request")));
}

TEST_F(publish_test, holds_commands_back_when_too_many_wait) {
  // Given as many publications under way as may be
  auto client = connected("alice");
  rooms.hold();
  std::string burst;
  for (int i = 0; i < 70; ++i)
    burst += publish_command("open:1", "1", i + 3) + "\n";
  client.say(burst);

  // Then the rest waits, and nothing more is read
  EXPECT_TRUE(client.link().paused);
  EXPECT_THAT(client.hear(), IsEmpty());

  rooms.answer_all();
  run();
  EXPECT_THAT(client.hear(), SizeIs(70));
  EXPECT_FALSE(client.link().paused);
  EXPECT_THAT(rooms.take(), SizeIs(70));
}

TEST_F(publish_test, refuses_other_than_json_where_configured) {
  config.channel.namespaces["open"].publication_data_format =
      ::config::data_format::json;
  config.client.allow_anonymous_connect_without_token = true;
  auto client = arrive({proto::wire_format::protobuf, {}, "", "", {}});
  client.say({"\x04\x08\x01\x22\x00", 5});
  client.hear();

  // id 2, publish {channel "open:1", data 0xff}
  client.say({"\x0f\x08\x02\x3a\x0b\x0a\x06open:1\x12\x01\xff", 16});

  ASSERT_THAT(client.link().frames, SizeIs(1));
  roost::client::Reply reply;
  ASSERT_TRUE(reply.ParseFromString(client.link().frames[0].substr(1)));
  EXPECT_EQ(reply.error().code(), 107u);
}

// -- what rooms know ----------------------------------------------------------

class room_state_test : public publish_test {
protected:
  test_client subscribed() {
    auto client = connected("alice");
    client.say(R"({"id":2,"subscribe":{"channel":"chat:1"}})");
    client.hear();
    rooms.take();
    return client;
  }
};

TEST_F(room_state_test, presence_lists_the_clients) {
  auto client = subscribed();

  client.say(R"({"id":3,"presence":{"channel":"chat:1"}})");

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"id":3,"presence":{"presence":{"CLIENT":)"
                          R"({"user":"alice","client":"CLIENT"}}}})"));
}

TEST_F(room_state_test, presence_stats_counts_them) {
  auto client = subscribed();

  client.say(R"({"id":3,"presence_stats":{"channel":"chat:1"}})");

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"id":3,"presence_stats":{"num_clients":1,)"
                          R"("num_users":1}})"));
}

TEST_F(room_state_test, presence_is_for_those_who_may) {
  auto client = connected("alice");

  client.say(R"({"id":3,"presence":{"channel":"chat:1"}})");
  EXPECT_THAT(client.hear(), ElementsAre(error(103, "permission denied")));
  client.say(R"({"id":3,"presence":{"channel":"open:1"}})");
  EXPECT_THAT(client.hear(), ElementsAre(error(108, "not available")));
  client.say(R"({"id":3,"presence_stats":{"channel":"open:1"}})");
  EXPECT_THAT(client.hear(), ElementsAre(error(108, "not available")));
}

TEST_F(room_state_test, history_without_limit_is_the_position) {
  auto client = subscribed();
  publish("chat:1", "1");
  client.hear();

  client.say(R"({"id":3,"history":{"channel":"chat:1"}})");

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"id":3,"history":{"publications":[],)"
                          R"("epoch":"E","offset":1}})"));
}

TEST_F(room_state_test, history_gives_what_was_asked_for) {
  auto client = subscribed();
  publish("chat:1", "1");
  publish("chat:1", "2");
  client.hear();

  client.say(R"({"id":3,"history":{"channel":"chat:1","limit":-1,)"
             R"("since":{"offset":1,"epoch":"E"}}})");

  EXPECT_THAT(
      client.hear(),
      ElementsAre(R"({"id":3,"history":{"publications":)"
                  R"([{"data":2,"offset":2}],"epoch":"E","offset":2}})"));
  const auto asked = rooms.take();
  ASSERT_THAT(asked, SizeIs(1));
  EXPECT_EQ(asked[0]->history().limit(), 300);
}

TEST_F(room_state_test, history_holds_its_limit) {
  auto client = subscribed();

  client.say(R"({"id":3,"history":{"channel":"chat:1","limit":1000}})");

  EXPECT_EQ(rooms.take().at(0)->history().limit(), 300);
}

TEST_F(room_state_test, history_of_another_epoch_is_refused) {
  auto client = subscribed();

  client.say(R"({"id":3,"history":{"channel":"chat:1","limit":1,)"
             R"("since":{"offset":1,"epoch":"X"}}})");

  EXPECT_THAT(client.hear(), ElementsAre(error(112, "unrecoverable position")));
}

TEST_F(room_state_test, history_before_the_start_is_refused) {
  auto client = subscribed();

  client.say(R"({"id":3,"history":{"channel":"chat:1","limit":1,)"
             R"("reverse":true,"since":{"epoch":"E"}}})");

  EXPECT_THAT(client.hear(), ElementsAre(error(107, "bad request")));
}

TEST_F(room_state_test, history_is_for_those_who_may) {
  auto client = connected("alice");

  client.say(R"({"id":3,"history":{"channel":"chat:1","limit":1}})");
  EXPECT_THAT(client.hear(), ElementsAre(error(103, "permission denied")));
  client.say(R"({"id":3,"history":{"channel":"open:1","limit":1}})");
  EXPECT_THAT(client.hear(), ElementsAre(error(108, "not available")));
}

} // namespace
