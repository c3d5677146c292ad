#include "tests/client/client_test.hpp"

namespace {

using namespace client_test_support;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class subscribe_test : public client_test {
protected:
  /// `fields` go into the request after the channel.
  static std::string subscribe(const std::string& room,
                               const std::string& fields = "", int id = 2) {
    return R"({"id":)" + std::to_string(id) + R"(,"subscribe":{"channel":")"
           + room + '"' + fields + "}}";
  }

  static std::string error(int code, const std::string& message) {
    return R"({"id":2,"error":{"code":)" + std::to_string(code)
           + R"(,"message":")" + message + R"("}})";
  }
};

TEST_F(subscribe_test, brings_into_a_room_without_history) {
  auto client = connected("alice");

  client.say(subscribe("open:1"));

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"subscribe":{}})"));
  EXPECT_EQ(metrics().subscriptions.value(), 1);
}

TEST_F(subscribe_test, tells_the_position_and_what_follows_it) {
  auto client = connected("alice");
  publish("chat:1", "1");

  client.say(subscribe("chat:1"));
  publish("chat:1", "2");

  EXPECT_THAT(
      client.hear(),
      ElementsAre(
          R"({"id":2,"subscribe":{"recoverable":true,"epoch":"E",)"
          R"("offset":1,"positioned":true}})",
          R"({"push":{"channel":"chat:1","pub":{"data":2,"offset":2}}})"));
}

TEST_F(subscribe_test, replies_before_the_first_push) {
  // Given a reply that waits for the end of the turn and a publication that
  // comes in the same turn
  auto client = connected("alice");
  rooms.hold();
  client.say(subscribe("open:1"));
  client.say(R"({"id":3,"rpc":{"method":"roost.echo","data":3}})");
  client.hear();
  rooms.answer_all();
  rooms.publish("open:1", "1", audience);
  run();

  const auto heard = client.hear();
  ASSERT_THAT(heard, ::testing::Not(IsEmpty()));
  EXPECT_EQ(heard[0], R"({"id":2,"subscribe":{}})");
}

TEST_F(subscribe_test, gives_what_was_missed) {
  for (int i = 1; i <= 3; ++i)
    publish("chat:1", std::to_string(i));
  auto client = connected("alice");

  client.say(subscribe("chat:1", R"(,"recover":true,"epoch":"E","offset":1)"));

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"id":2,"subscribe":{"recoverable":true,)"
                          R"("epoch":"E","publications":[)"
                          R"({"data":2,"offset":2},{"data":3,"offset":3}],)"
                          R"("recovered":true,"offset":1,"positioned":true,)"
                          R"("was_recovering":true}})"));
}

TEST_F(subscribe_test, says_when_it_could_not_recover) {
  publish("chat:1", "1");
  auto client = connected("alice");

  client.say(subscribe("chat:1", R"(,"recover":true,"epoch":"X","offset":1)"));

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"id":2,"subscribe":{"recoverable":true,)"
                          R"("epoch":"E","offset":1,"positioned":true,)"
                          R"("was_recovering":true}})"));
}

TEST_F(subscribe_test, refuses_what_it_cannot_recover_on_request) {
  publish("chat:1", "1");
  auto client = connected("alice");

  client.say(subscribe("chat:1",
                       R"(,"recover":true,"epoch":"X","offset":1,"flag":2)"));
  EXPECT_THAT(client.hear(), ElementsAre(error(112, "unrecoverable position")));

  // Then it is not in, and may come again
  publish("chat:1", "2");
  EXPECT_THAT(client.hear(), IsEmpty());
  client.say(subscribe("chat:1"));
  EXPECT_THAT(client.hear(), ElementsAre(HasSubstr(R"("offset":2)")));
}

TEST_F(subscribe_test, agrees_on_a_number_for_the_room) {
  auto client = connected("alice");

  client.say(subscribe("open:1", R"(,"flag":1)"));
  publish("open:1", "5");

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"id":2,"subscribe":{"id":1}})",
                          R"({"push":{"id":1,"pub":{"data":5,"offset":1}}})"));
}

TEST_F(subscribe_test, gives_no_number_where_the_namespace_forbids_it) {
  config.channel.namespaces["open"].allow_channel_compaction = false;
  auto client = connected("alice");

  client.say(subscribe("open:1", R"(,"flag":1)"));

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"subscribe":{}})"));
}

TEST_F(subscribe_test, gives_protobuf_clients_a_number_only_where_told_so) {
  config.client.allow_anonymous_connect_without_token = true;
  for (const bool allowed : {false, true}) {
    config.channel.namespaces["open"].allow_protobuf_channel_compaction =
        allowed;
    auto client = arrive({proto::wire_format::protobuf, {}, "", "", {}});
    client.say({"\x04\x08\x01\x22\x00", 5});
    client.hear();

    // id 2, subscribe {channel "open:1", flag 1}
    client.say({"\x0e\x08\x02\x2a\x0a\x0a\x06open:1\x70\x01", 15});

    ASSERT_THAT(client.link().frames, SizeIs(1));
    roost::client::Reply reply;
    ASSERT_TRUE(reply.ParseFromString(client.link().frames[0].substr(1)));
    EXPECT_EQ(reply.subscribe().id() > 0, allowed);
  }
}

TEST_F(subscribe_test, does_not_grant_delta) {
  auto client = connected("alice");

  client.say(subscribe("open:1", R"(,"delta":"fossil")"));

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"subscribe":{}})"));
}

TEST_F(subscribe_test, tells_the_room_who_came) {
  auto client = connected("alice");

  client.say(subscribe("chat:1"));
  client.hear();

  const auto told = rooms.take();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0]->arrive().info().user(), "alice");
  EXPECT_EQ(told[0]->arrive().info().client(), client.id());
  EXPECT_TRUE(told[0]->arrive().presence());
  EXPECT_TRUE(told[0]->arrive().announce());
}

// -- refusals before anything is asked ----------------------------------------

TEST_F(subscribe_test, ends_the_connection_without_a_channel) {
  auto client = connected("alice");

  client.say(subscribe(""));

  EXPECT_EQ(client.ending(), "3501 bad request");
}

TEST_F(subscribe_test, ends_the_connection_for_an_unknown_delta) {
  auto client = connected("alice");

  client.say(subscribe("open:1", R"(,"delta":"bsdiff")"));

  EXPECT_EQ(client.ending(), "3501 bad request");
}

TEST_F(subscribe_test, refuses_a_second_subscription) {
  auto client = connected("alice");
  client.say(subscribe("open:1"));
  client.hear();

  client.say(subscribe("open:1"));

  EXPECT_THAT(client.hear(), ElementsAre(error(105, "already subscribed")));
}

TEST_F(subscribe_test, refuses_a_second_subscription_while_one_is_under_way) {
  rooms.hold();
  auto client = connected("alice");
  client.say(subscribe("open:1", "", 3));

  client.say(subscribe("open:1"));

  EXPECT_THAT(client.hear(), ElementsAre(error(105, "already subscribed")));
}

TEST_F(subscribe_test, holds_the_limit_of_rooms) {
  config.client.channel_limit = 1;
  auto client = connected("alice");
  client.say(subscribe("open:1"));
  client.hear();

  client.say(subscribe("open:2"));

  EXPECT_THAT(client.hear(), ElementsAre(error(106, "limit exceeded")));
}

struct refusal {
  const char* what;
  std::string channel;
  std::string fields;
  int code;
  const char* message;
};

class subscribe_refusal_test : public subscribe_test,
                               public ::testing::WithParamInterface<refusal> {};

TEST_P(subscribe_refusal_test, answers_with_an_error) {
  const auto& x = GetParam();
  auto client = connected("alice");

  client.say(subscribe(x.channel, x.fields));

  EXPECT_THAT(client.hear(), ElementsAre(error(x.code, x.message))) << x.what;
  EXPECT_EQ(client.ending(), "open") << x.what;
  EXPECT_EQ(metrics().subscriptions.value(), 0) << x.what;
}

INSTANTIATE_TEST_SUITE_P(
    names, subscribe_refusal_test,
    ::testing::Values(
        refusal{"too long", "open:" + std::string(251, 'x'), "", 107,
                "bad request"},
        refusal{"unknown namespace", "other:1", "", 102, "unknown channel"},
        refusal{"not ASCII", "open:\xC3\xA4", "", 107, "bad request"},
        refusal{"map", "open:1", R"(,"type":1)", 103, "permission denied"},
        refusal{"shared poll", "open:1", R"(,"type":4)", 108, "not available"},
        refusal{"unknown type", "open:1", R"(,"type":9)", 107, "bad request"},
        refusal{"filter", "open:1", R"(,"tf":{"op":"","key":"a"})", 107,
                "bad request"},
        refusal{"nobody may", "closed:1", "", 103, "permission denied"},
        refusal{"private", "$open:1", "", 103, "permission denied"},
        refusal{"others' room", "mine:x#bob", "", 103, "permission denied"}));

// -- who may ------------------------------------------------------------------

TEST_F(subscribe_test, admits_the_users_that_the_name_lists) {
  auto client = connected("alice");

  client.say(subscribe("mine:x#bob,alice"));

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"subscribe":{}})"));
}

TEST_F(subscribe_test, takes_a_token) {
  auto client = connected("alice");

  client.say(
      subscribe("$closed:1",
                R"(,"token":")" + sub_token("alice", "$closed:1", 3600) + '"'));

  EXPECT_THAT(
      client.hear(),
      ElementsAre(::testing::MatchesRegex(
          R"(\{"id":2,"subscribe":\{"expires":true,"ttl":3(600|599)\}\})")));
}

TEST_F(subscribe_test, asks_for_a_new_token_when_it_ran_out) {
  auto client = connected("alice");

  client.say(subscribe("closed:1",
                       R"(,"token":")" + old_token("alice", "closed:1") + '"'));

  EXPECT_THAT(client.hear(), ElementsAre(error(109, "token expired")));
}

TEST_F(subscribe_test, refuses_a_forged_token) {
  auto client = connected("alice");

  client.say(subscribe(
      "closed:1", R"(,"token":")" + sub_token("alice", "closed:1") + R"(x")"));

  EXPECT_THAT(client.hear(), ElementsAre(error(103, "permission denied")));
}

TEST_F(subscribe_test, ends_the_connection_for_the_token_of_another_room) {
  auto client = connected("alice");

  client.say(subscribe("closed:1",
                       R"(,"token":")" + sub_token("alice", "closed:2") + '"'));

  EXPECT_EQ(client.ending(), "3500 invalid token");
}

TEST_F(subscribe_test, ends_the_connection_for_the_token_of_another_user) {
  auto client = connected("alice");

  client.say(subscribe("closed:1",
                       R"(,"token":")" + sub_token("bob", "closed:1") + '"'));

  EXPECT_EQ(client.ending(), "3500 invalid token");
}

TEST_F(subscribe_test, answers_a_temporary_error_when_there_is_no_home) {
  auto client = connected("alice");
  rooms.hold();
  client.say(subscribe("open:1"));

  advance(4'100ms);

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"error":{"code":100,)"
                                         R"("message":"internal server error",)"
                                         R"("temporary":true}})"));
}

// -- losing it ----------------------------------------------------------------

TEST_F(subscribe_test, takes_a_subscription_back_when_publications_are_lost) {
  auto client = connected("alice");
  client.say(subscribe("chat:1"));
  client.hear();

  // When the room starts again with another epoch
  rooms["chat:1"].epoch = "F";
  publish("chat:1", "1");

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"push":{"channel":"chat:1","unsubscribe":)"
                          R"({"code":2500,"reason":"insufficient state"}}})"));
  EXPECT_EQ(metrics().subscriptions.value(), 0);
  EXPECT_EQ(metrics().unsubscribes_pushed.value(), 1u);

  // Then it may come again
  client.say(subscribe("chat:1"));
  EXPECT_THAT(client.hear(), ElementsAre(HasSubstr(R"("epoch":"F")")));
}

TEST_F(subscribe_test, takes_a_subscription_back_after_its_token_ran_out) {
  config.client.ping_interval = 0s;
  auto client = connected("alice");
  client.say(subscribe(
      "closed:1", R"(,"token":")" + sub_token("alice", "closed:1", 60) + '"'));
  client.hear();

  advance(80s);
  EXPECT_THAT(client.hear(), IsEmpty());

  advance(6s);
  EXPECT_THAT(
      client.hear(),
      ElementsAre(R"({"push":{"channel":"closed:1","unsubscribe":)"
                  R"({"code":2501,"reason":"subscription expired"}}})"));
}

TEST_F(subscribe_test, is_answered_though_its_token_ran_out_meanwhile) {
  // Given two rooms with tokens of two seconds, one of them slow to answer
  config.client.ping_interval = 0s;
  config.client.expired_sub_close_delay = 0s;
  auto client = connected("alice");
  const auto with_token = [](const std::string& room) {
    return R"(,"token":")" + sub_token("alice", room, 2) + '"';
  };
  client.say(subscribe("closed:1", with_token("closed:1")));
  rooms.hold();
  client.say(subscribe("closed:2", with_token("closed:2"), 3));
  client.hear();

  // When their time is over
  advance(2'500ms);

  // Then the one that is in ends at once, the other after its answer
  EXPECT_THAT(client.hear(),
              ElementsAre(HasSubstr(R"("channel":"closed:1","unsubscribe")")));
  rooms.answer_all();
  run();
  advance(10ms);
  EXPECT_THAT(client.hear(),
              ElementsAre(HasSubstr(R"({"id":3,"subscribe":)"),
                          HasSubstr(R"("channel":"closed:2","unsubscribe")")));
}

// -- unsubscribe --------------------------------------------------------------

TEST_F(subscribe_test, lets_go) {
  auto client = connected("alice");
  client.say(subscribe("chat:1"));
  client.hear();
  rooms.take();

  client.say(R"({"id":3,"unsubscribe":{"channel":"chat:1"}})");
  publish("chat:1", "1");

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":3,"unsubscribe":{}})"));
  const auto told = rooms.take();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0]->depart().info().client(), client.id());
  EXPECT_EQ(metrics().subscriptions.value(), 0);
}

TEST_F(subscribe_test, lets_go_of_what_it_never_had) {
  auto client = connected("alice");

  client.say(R"({"id":3,"unsubscribe":{"channel":"chat:1"}})");

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":3,"unsubscribe":{}})"));
}

TEST_F(subscribe_test, unsubscribes_after_the_subscribe_under_way) {
  rooms.hold();
  auto client = connected("alice");
  client.say(subscribe("open:1") + "\n"
             + R"({"id":3,"unsubscribe":{"channel":"open:1"}})" + "\n"
             + subscribe("open:1", "", 4));
  EXPECT_THAT(client.hear(), IsEmpty());

  rooms.answer_all();
  run();

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"subscribe":{}})",
                                         R"({"id":3,"unsubscribe":{}})",
                                         R"({"id":4,"subscribe":{}})"));
}

TEST_F(subscribe_test, unsubscribes_after_a_subscribe_that_fails) {
  rooms.hold();
  auto client = connected("alice");
  client.say(subscribe("open:1"));
  client.say(R"({"id":3,"unsubscribe":{"channel":"open:1"}})");

  advance(4'100ms);

  EXPECT_THAT(client.hear(),
              ElementsAre(HasSubstr(R"({"id":2,"error":{"code":100)"),
                          R"({"id":3,"unsubscribe":{}})"));
}

TEST_F(subscribe_test, does_not_wait_forever_to_unsubscribe) {
  audience_settings.request_timeout = 60s;
  rooms.hold();
  auto client = connected("alice");
  client.say(subscribe("open:1"));
  client.say(R"({"id":3,"unsubscribe":{"channel":"open:1"}})");

  advance(4'900ms);
  EXPECT_EQ(client.ending(), "open");

  advance(200ms);
  EXPECT_EQ(client.ending(), "3004 internal server error");
}

TEST_F(subscribe_test, refuses_json_clients_where_the_namespace_says_so) {
  auto& open = config.channel.namespaces["open"];
  open.binary_for_json = config::binary_reading::refuse;
  auto client = connected("alice");
  client.say(subscribe("open:1"));
  EXPECT_THAT(client.hear(), SizeIs(1)); // publications need not be bytes

  open.publication_data_format = config::data_format::binary;
  client.say(subscribe("open:2"));
  EXPECT_THAT(client.hear(), ElementsAre(testing::HasSubstr(R"("code":108)")));
}

TEST_F(subscribe_test, gives_a_json_client_what_is_no_json_as_base64) {
  auto client = connected("alice");
  client.say(subscribe("open:1"));
  client.hear();

  publish("open:1", "\xff");

  EXPECT_THAT(client.hear(), ElementsAre(testing::HasSubstr(
                                 R"("data":"/w==","offset":1,)"
                                 R"("tags":{"roost.encoding":"base64"})")));
  EXPECT_EQ(client.ending(), "open");
}

TEST_F(subscribe_test, ends_an_unsubscribe_without_a_channel) {
  auto client = connected("alice");

  client.say(R"({"id":3,"unsubscribe":{}})");

  EXPECT_EQ(client.ending(), "3501 bad request");
}

} // namespace
