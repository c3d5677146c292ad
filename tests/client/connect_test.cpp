#include "actors/auth/token_maker.hpp"
#include "actors/client/users_messages.hpp"
#include "proto/client_codec.hpp"
#include "tests/client/client_test.hpp"

namespace {

using namespace client_test_support;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

class connect_test : public client_test {
protected:
  static std::string connect(const std::string& token) {
    return R"({"id":1,"connect":{"token":")" + token + R"("}})";
  }

  /// The one client that there was is gone everywhere.
  void expect_no_trace() {
    EXPECT_EQ(metrics().clients.value(), 0);
    EXPECT_EQ(metrics().subscriptions.value(), 0);
    const auto left = ask<actors::users_counted>(users, actors::count_users{});
    ASSERT_TRUE(left);
    EXPECT_EQ(left->connections, 0u);
    const auto told = rooms.take();
    ASSERT_EQ(told.size(), 1u);
    EXPECT_TRUE(told[0]->has_depart());
  }
};

TEST_F(connect_test, lets_a_token_in) {
  auto client = arrive();

  client.say(connect(token("alice")));

  EXPECT_THAT(
      client.hear(),
      ElementsAre(R"({"id":1,"connect":{"client":"CLIENT",)"
                  R"("version":"Roost 0.0.0","ping":25,"pong":true}})"));
  EXPECT_THAT(client.id(), MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-"
                                        "[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ(metrics().clients.value(), 1);
  EXPECT_EQ(commands("connect"), 1u);
}

TEST_F(connect_test, speaks_protobuf_with_who_asks_for_it) {
  auto client = arrive({proto::wire_format::protobuf, {}, "", "", {}});
  roost::client::Command command;
  command.set_id(7);
  command.mutable_connect()->set_token(token("alice"));
  const auto body = command.SerializeAsString();

  client.say(std::string(1, static_cast<char>((body.size() & 0x7f) | 0x80))
             + std::string(1, static_cast<char>(body.size() >> 7)) + body);

  ASSERT_EQ(client.link().frames.size(), 1u);
  const auto& frame = client.link().frames[0];
  roost::client::Reply reply;
  ASSERT_TRUE(reply.ParseFromString(frame.substr(1)));
  EXPECT_EQ(frame[0], static_cast<char>(frame.size() - 1));
  EXPECT_EQ(reply.id(), 7u);
  EXPECT_EQ(reply.connect().version(), "Roost 0.0.0");
  EXPECT_EQ(reply.connect().client().size(), 36u);
}

TEST_F(connect_test, takes_the_token_of_a_cookie) {
  auto client =
      arrive({proto::wire_format::json, ::config::transport::websocket, "",
              token("alice"), false});

  client.say(R"({"id":1,"connect":{}})");

  EXPECT_THAT(client.hear(), ElementsAre(HasSubstr(R"("connect":{"client")")));
}

TEST_F(connect_test, says_when_the_connection_expires) {
  auto client = arrive();

  client.say(connect(token("alice", 3600)));

  EXPECT_THAT(client.hear(), ElementsAre(MatchesRegex(
                                 R"(.*"expires":true,"ttl":3(600|599),.*)")));
}

TEST_F(connect_test, says_the_time_if_configured) {
  config.client.connect_include_server_time = true;
  auto client = arrive();

  client.say(connect(token("alice")));

  EXPECT_THAT(client.hear(), ElementsAre(MatchesRegex(
                                 R"(.*"pong":true,"time":[0-9]{13}\}\})")));
}

TEST_F(connect_test, admits_a_client_once_it_has_proved_who_it_is) {
  auto client = arrive();
  client.say(R"({"id":1,"connect":{"token":"x"}})");
  EXPECT_FALSE(client.link().admitted);

  EXPECT_TRUE(connected("alice").link().admitted);
}

TEST_F(connect_test, asks_for_no_pings_when_the_transport_sends_them) {
  auto client = arrive(
      {proto::wire_format::json, ::config::transport::websocket, "", "", true});

  client.say(connect(token("alice")));

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"id":1,"connect":{"client":"CLIENT",)"
                          R"("version":"Roost 0.0.0"}})"));
  advance(60s);
  EXPECT_THAT(client.hear(), IsEmpty());
  EXPECT_EQ(client.ending(), "open");
}

// -- who does not get in ------------------------------------------------------

TEST_F(connect_test, answers_an_expired_token_and_accepts_nothing_more) {
  auto client = arrive();

  client.say(connect(old_token("alice"))
             + "\n"
               R"({"id":2,"rpc":{"method":"roost.echo"}})");

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":1,"error":{"code":109,)"
                                         R"("message":"token expired"}})"));
  EXPECT_EQ(client.ending(), "open");
  EXPECT_EQ(metrics().reply_errors.value(109), 1u);

  client.say(R"({"id":3,"rpc":{"method":"roost.echo"}})");
  EXPECT_EQ(client.ending(), "3501 bad request");
}

TEST_F(connect_test, reads_on_after_a_refusal_to_refuse_what_comes) {
  auto client = arrive();
  config.client.user_subscribe_to_personal.enabled = true;
  config.client.user_subscribe_to_personal.personal_channel_namespace = "mine";
  rooms.hold();
  client.say(connect(token("alice")));
  client.say(R"({"id":2,"rpc":{"method":"roost.echo"}})");
  EXPECT_TRUE(client.link().paused);

  advance(4'100ms); // the room has no home
  EXPECT_THAT(client.hear(), ElementsAre(HasSubstr(R"("code":100)")));
  EXPECT_FALSE(client.link().paused);

  client.say(R"({"id":3,"rpc":{"method":"roost.echo"}})");
  EXPECT_EQ(client.ending(), "3501 bad request");
}

TEST_F(connect_test, closes_a_refused_client_that_stays) {
  auto client = arrive();
  client.say(connect(old_token("alice")));

  advance(9s);
  EXPECT_EQ(client.ending(), "open");

  advance(1s);
  EXPECT_EQ(client.ending(), "3502 stale");
}

TEST_F(connect_test, refuses_a_broken_token) {
  auto client = arrive();

  client.say(connect(token("alice") + "x"));

  EXPECT_EQ(client.ending(), "3500 invalid token");
  EXPECT_THAT(client.hear(), IsEmpty());
}

TEST_F(connect_test, refuses_a_subscription_token) {
  auto client = arrive();

  client.say(connect(sub_token("alice", "chat:1")));

  EXPECT_EQ(client.ending(), "3500 invalid token");
}

TEST_F(connect_test, refuses_who_shows_nothing) {
  auto client = arrive();

  client.say(R"({"id":1,"connect":{}})");

  EXPECT_EQ(client.ending(), "3501 bad request");
}

TEST_F(connect_test, lets_anonymous_clients_in_if_configured) {
  config.client.allow_anonymous_connect_without_token = true;
  auto client = arrive();

  client.say(R"({"id":1,"connect":{}})");

  EXPECT_THAT(client.hear(), ElementsAre(HasSubstr(R"("connect":{"client")")));
}

TEST_F(connect_test, lets_everybody_in_when_insecure) {
  config.client.insecure = true;
  auto client = arrive();

  client.say(R"({"id":1,"connect":{}})");

  EXPECT_THAT(client.hear(), ElementsAre(HasSubstr(R"("connect":{"client")")));
}

TEST_F(connect_test, refuses_anonymous_tokens_if_configured) {
  config.client.token.disallow_anonymous = true;
  auto client = arrive();

  client.say(connect(token("")));

  EXPECT_EQ(client.ending(), "3507 permission denied");
}

TEST_F(connect_test, refuses_a_second_connect) {
  auto client = connected("alice");

  client.say(connect(token("alice")));

  EXPECT_EQ(client.ending(), "3501 bad request");
}

TEST_F(connect_test, refuses_a_command_before_connect) {
  auto client = arrive();

  client.say(R"({"id":1,"rpc":{"method":"roost.echo"}})");

  EXPECT_EQ(client.ending(), "3501 bad request");
  EXPECT_EQ(metrics().disconnects.value(3501), 1u);
}

TEST_F(connect_test, holds_the_limit_of_connections_of_a_user) {
  config.client.user_connection_limit = 1;
  auto first = connected("alice");

  auto second = connected("alice");
  EXPECT_EQ(second.ending(), "3504 connection limit");
  EXPECT_EQ(metrics().connects_refused_by_user.value(), 1u);
  EXPECT_EQ(connected("bob").ending(), "open");

  // When the first leaves, there is room again.
  first.self().on_closed("end of file");
  run();
  EXPECT_EQ(connected("alice").ending(), "open");
}

// -- its end ------------------------------------------------------------------

TEST_F(connect_test, leaves_nothing_when_the_socket_goes) {
  auto client = connected("alice");
  client.say(R"({"id":2,"subscribe":{"channel":"chat:1"}})");
  rooms.take();

  client.self().on_closed("end of file");
  run();

  EXPECT_EQ(client.link().closed->code, 3000u);
  expect_no_trace();
}

TEST_F(connect_test, takes_its_leave_though_its_owner_lets_it_go_at_once) {
  {
    auto client = connected("alice");
    client.say(R"({"id":2,"subscribe":{"channel":"chat:1"}})");
    rooms.take();
    client.self().on_closed("end of file");
  } // the last handle, as a session drops it

  run();

  expect_no_trace();
}

TEST_F(connect_test, ends_with_the_code_that_the_transport_gives) {
  auto client = connected("alice");
  client.say(R"({"id":2,"rpc":{"method":"roost.echo","data":1}})");

  client.self().disconnect(3001, "shutdown");
  run();

  EXPECT_EQ(client.closed(), (recording_link::closing{3001, "shutdown", true}));
  // A second reason changes nothing.
  client.self().disconnect(3003, "other");
  client.self().on_message("{}");
  run();
  EXPECT_EQ(client.ending(), "3001 shutdown");
}

TEST_F(connect_test, tolerates_the_end_before_it_started) {
  auto client = arrive();

  client.self().on_closed("end of file"); // before the lane ran it
  run();

  EXPECT_EQ(client.link().closed->code, 3000u);
}

} // namespace
