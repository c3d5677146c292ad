#include "actors/client/users_messages.hpp"
#include "tests/client/client_test.hpp"

namespace {

using namespace client_test_support;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// What the server API says to the connections of a user, through the users
/// actor.
class user_commands_test : public client_test {
protected:
  /// How many connections a command reached.
  std::uint32_t tell(const roost::link::NodeRequest& request) {
    const auto answer = ask<actors::node_answer>(
        users,
        actors::ask_node{std::make_shared<roost::link::NodeRequest>(request)});
    return answer ? answer->reply->reached() : 999;
  }

  static roost::link::NodeRequest subscribe(const std::string& user,
                                            const std::string& room) {
    roost::link::NodeRequest request;
    request.mutable_subscribe()->set_user(user);
    request.mutable_subscribe()->set_channel(room);
    return request;
  }

  static roost::link::NodeRequest disconnect(const std::string& user) {
    roost::link::NodeRequest request;
    request.mutable_disconnect()->set_user(user);
    return request;
  }
};

TEST_F(user_commands_test, subscribe_pushes_a_subscription) {
  auto client = connected("alice");
  publish("chat:1", "1");
  auto request = subscribe("alice", "chat:1");
  request.mutable_subscribe()->set_data(R"({"hello":1})");

  EXPECT_EQ(tell(request), 1u);
  publish("chat:1", "2");

  EXPECT_THAT(
      client.hear(),
      ElementsAre(
          R"({"push":{"channel":"chat:1","subscribe":{"recoverable":true,)"
          R"("epoch":"E","offset":1,"positioned":true,"data":{"hello":1}}}})",
          R"({"push":{"channel":"chat:1","pub":{"data":2,"offset":2}}})"));
}

TEST_F(user_commands_test, subscribe_recovers) {
  auto client = connected("alice");
  publish("chat:1", "1");
  publish("chat:1", "2");
  auto request = subscribe("alice", "chat:1");
  request.mutable_subscribe()->mutable_recover_since()->set_offset(1);
  request.mutable_subscribe()->mutable_recover_since()->set_epoch("E");

  EXPECT_EQ(tell(request), 1u);

  EXPECT_THAT(
      client.hear(),
      ElementsAre(
          R"({"push":{"channel":"chat:1","subscribe":{"recoverable":true,)"
          R"("epoch":"E","offset":1,"positioned":true}}})",
          R"({"push":{"channel":"chat:1","pub":{"data":2,"offset":2}}})"));
}

TEST_F(user_commands_test, subscribe_overrides_the_namespace) {
  auto client = connected("alice");
  auto request = subscribe("alice", "chat:1");
  auto& override = *request.mutable_subscribe()->mutable_override();
  override.mutable_force_recovery()->set_value(false);
  override.mutable_presence()->set_value(false);
  override.mutable_join_leave()->set_value(false);

  EXPECT_EQ(tell(request), 1u);

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"push":{"channel":"chat:1","subscribe":{}}})"));
  EXPECT_THAT(rooms.take(), IsEmpty()); // nobody is told that it came
}

TEST_F(user_commands_test, subscribe_takes_a_name_that_no_client_may_choose) {
  auto client = connected("alice");

  EXPECT_EQ(tell(subscribe("alice", "mine:#bob")), 1u);
  EXPECT_EQ(tell(subscribe("alice", "open:\xC3\xA4")), 1u);
  EXPECT_EQ(tell(subscribe("alice", "open:" + std::string(251, 'x'))), 0u);

  EXPECT_THAT(client.hear(), SizeIs(2));
}

TEST_F(user_commands_test, subscribe_waits_for_the_connect) {
  // Given a connect that waits for a room
  rooms.hold();
  actors::client_origin origin;
  auto client = arrive(std::move(origin));
  config.client.user_subscribe_to_personal.enabled = true;
  config.client.user_subscribe_to_personal.personal_channel_namespace = "mine";
  client.say(R"({"id":1,"connect":{"token":")" + token("alice") + R"("}})");

  // When a command comes meanwhile
  const auto answer = start_ask<actors::node_answer>(
      users, actors::ask_node{std::make_shared<roost::link::NodeRequest>(
                 subscribe("alice", "open:1"))});
  run();
  EXPECT_TRUE(answer->pending());
  rooms.answer_all();
  run();

  // Then its push follows the reply
  const auto heard = client.hear();
  ASSERT_THAT(heard, SizeIs(2));
  EXPECT_THAT(heard[0], HasSubstr(R"("subs":{"mine:#alice")"));
  EXPECT_EQ(heard[1], R"({"push":{"channel":"open:1","subscribe":{}}})");
  ASSERT_TRUE(answer->answer);
  EXPECT_EQ(answer->answer->reply->reached(), 1u);
}

TEST_F(user_commands_test, subscribe_is_answered_when_the_connection_ends) {
  auto client = connected("alice");
  rooms.hold();
  const auto answer = start_ask<actors::node_answer>(
      users, actors::ask_node{std::make_shared<roost::link::NodeRequest>(
                 subscribe("alice", "open:1"))});
  run();

  client.self().on_closed("end of file");
  run();

  ASSERT_TRUE(answer->answer);
  EXPECT_EQ(answer->answer->reply->reached(), 0u);
}

TEST_F(user_commands_test, subscribe_ends_at_its_time) {
  config.client.ping_interval = 0s;
  auto client = connected("alice");
  auto request = subscribe("alice", "open:1");
  request.mutable_subscribe()->set_expire_at(
      std::chrono::duration_cast<std::chrono::seconds>(
          std::chrono::system_clock::now().time_since_epoch())
          .count()
      + 60);
  tell(request);

  advance(80s);
  EXPECT_EQ(client.ending(), "open");

  advance(6s);
  EXPECT_EQ(client.ending(), "3006 subscription expired");
}

TEST_F(user_commands_test, unsubscribe_pushes_it) {
  auto client = connected("alice");
  client.say(R"({"id":2,"subscribe":{"channel":"chat:1"}})");
  client.say(R"({"id":3,"subscribe":{"channel":"open:1"}})");
  client.hear();
  roost::link::NodeRequest request;
  request.mutable_unsubscribe()->set_user("alice");
  request.mutable_unsubscribe()->set_channel("chat:1");

  EXPECT_EQ(tell(request), 1u);

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"push":{"channel":"chat:1","unsubscribe":)"
                          R"({"code":2000,"reason":"server unsubscribe"}}})"));
  EXPECT_EQ(tell(request), 0u);
  // Without a channel from all rooms.
  request.mutable_unsubscribe()->clear_channel();
  EXPECT_EQ(tell(request), 1u);
  EXPECT_THAT(client.hear(), ElementsAre(HasSubstr(R"("channel":"open:1")")));
}

TEST_F(user_commands_test, unsubscribe_follows_a_subscribe_under_way) {
  auto client = connected("alice");
  rooms.hold();
  client.say(R"({"id":2,"subscribe":{"channel":"open:1"}})");
  roost::link::NodeRequest request;
  request.mutable_unsubscribe()->set_user("alice");
  request.mutable_unsubscribe()->set_channel("open:1");

  EXPECT_EQ(tell(request), 1u);
  rooms.answer_all();
  run();

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"id":2,"subscribe":{}})",
                          R"({"push":{"channel":"open:1","unsubscribe":)"
                          R"({"code":2000,"reason":"server unsubscribe"}}})"));
}

TEST_F(user_commands_test, disconnect_ends_all_connections_of_the_user) {
  auto first = connected("alice");
  auto second = connected("alice");
  auto other = connected("bob");

  EXPECT_EQ(tell(disconnect("alice")), 2u);

  EXPECT_EQ(first.ending(), "3503 force disconnect");
  EXPECT_EQ(second.ending(), "3503 force disconnect");
  EXPECT_EQ(other.ending(), "open");
}

TEST_F(user_commands_test, disconnect_says_the_given_reason) {
  auto client = connected("alice");
  auto request = disconnect("alice");
  request.mutable_disconnect()->set_code(4100);
  request.mutable_disconnect()->set_reason("game over");

  tell(request);

  EXPECT_EQ(client.ending(), "4100 game over");
}

TEST_F(user_commands_test, disconnect_spares_who_is_whitelisted) {
  auto first = connected("alice");
  auto second = connected("alice");
  auto request = disconnect("alice");
  request.mutable_disconnect()->add_whitelist(first.id());

  EXPECT_EQ(tell(request), 1u);

  EXPECT_EQ(first.ending(), "open");
}

TEST_F(user_commands_test, disconnect_finds_one_client) {
  auto first = connected("alice");
  auto second = connected("alice");
  auto request = disconnect("alice");
  request.mutable_disconnect()->set_client(second.id());

  EXPECT_EQ(tell(request), 1u);
  EXPECT_EQ(first.ending(), "open");
  EXPECT_NE(second.ending(), "open");

  // Also when nobody knows its user.
  request.mutable_disconnect()->clear_user();
  request.mutable_disconnect()->set_client(first.id());
  EXPECT_EQ(tell(request), 1u);
  EXPECT_NE(first.ending(), "open");
}

TEST_F(user_commands_test, disconnect_of_nobody_disconnects_nobody) {
  auto client = connected("alice");

  EXPECT_EQ(tell(disconnect("")), 0u);
  EXPECT_EQ(tell(disconnect("bob")), 0u);
  auto request = disconnect("alice");
  request.mutable_disconnect()->set_session("some session");
  EXPECT_EQ(tell(request), 0u);

  EXPECT_EQ(client.ending(), "open");
}

TEST_F(user_commands_test, refresh_pushes_the_new_time) {
  auto client = connected("alice");
  roost::link::NodeRequest request;
  request.mutable_refresh()->set_user("alice");

  EXPECT_EQ(tell(request), 1u);
  EXPECT_THAT(client.hear(), ElementsAre(R"({"push":{"refresh":{}}})"));

  request.mutable_refresh()->set_expire_at(
      std::chrono::duration_cast<std::chrono::seconds>(
          std::chrono::system_clock::now().time_since_epoch())
          .count()
      + 3600);
  EXPECT_EQ(tell(request), 1u);
  EXPECT_THAT(client.hear(),
              ElementsAre(HasSubstr(R"("refresh":{"expires":true,"ttl":3)")));

  request.mutable_refresh()->set_expired(true);
  EXPECT_EQ(tell(request), 1u);
  EXPECT_EQ(client.ending(), "3005 connection expired");
}

// -- lists --------------------------------------------------------------------

TEST_F(user_commands_test, connections_are_listed) {
  auto client =
      arrive({proto::wire_format::json, ::config::transport::websocket,
              "192.0.2.1:4000", token("alice"), false});
  client.say(R"({"id":1,"connect":{"name":"js","version":"1.2"}})");
  client.say(R"({"id":2,"subscribe":{"channel":"chat:1"}})");
  client.hear();
  auto other = connected("bob");
  roost::link::NodeRequest request;
  request.mutable_connections()->set_user("alice");

  const auto answer = ask<actors::node_answer>(
      users,
      actors::ask_node{std::make_shared<roost::link::NodeRequest>(request)});

  ASSERT_TRUE(answer);
  const auto& list = answer->reply->connections();
  ASSERT_EQ(list.connections_size(), 1);
  const auto& found = list.connections(0);
  EXPECT_EQ(found.client(), client.id());
  EXPECT_EQ(found.user(), "alice");
  EXPECT_EQ(found.node(), "node-1");
  EXPECT_EQ(found.transport(), "websocket");
  EXPECT_EQ(found.protocol(), "json");
  EXPECT_EQ(found.remote_address(), "192.0.2.1:4000");
  EXPECT_EQ(found.name(), "js");
  EXPECT_EQ(found.version(), "1.2");
  EXPECT_EQ(found.channels(0), "chat:1");
  EXPECT_GT(found.connected_ms(), 1'600'000'000'000);
  EXPECT_FALSE(list.truncated());
}

TEST_F(user_commands_test, a_long_name_is_listed_up_to_a_whole_character) {
  auto client = arrive();
  const std::string start(63, 'n');
  client.say(R"({"id":1,"connect":{"token":")" + token("alice")
             + R"(","name":")" + start + R"(é","version":")" + start
             + R"(😀"}})");

  const auto answer = ask<actors::node_answer>(users, [] {
    auto request = std::make_shared<roost::link::NodeRequest>();
    request->mutable_connections();
    return actors::ask_node{request};
  }());

  ASSERT_TRUE(answer);
  const auto& list = answer->reply->connections();
  ASSERT_EQ(list.connections_size(), 1);
  EXPECT_EQ(list.connections(0).name(), start);
  EXPECT_EQ(list.connections(0).version(), start);
}

TEST_F(user_commands_test, connections_beyond_the_limit_are_left_out) {
  auto a = connected("alice");
  auto b = connected("bob");
  auto c = connected("carol");
  roost::link::NodeRequest request;
  request.mutable_connections()->set_limit(2);

  const auto answer = ask<actors::node_answer>(
      users,
      actors::ask_node{std::make_shared<roost::link::NodeRequest>(request)});

  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->reply->connections().connections_size(), 2);
  EXPECT_TRUE(answer->reply->connections().truncated());
}

TEST_F(user_commands_test, users_are_counted) {
  auto a = connected("alice");
  auto b = connected("alice");
  auto c = connected("bob");

  const auto counted = ask<actors::users_counted>(users, actors::count_users{});

  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->connections, 3u);
  EXPECT_EQ(counted->users, 2u);
  EXPECT_EQ(metrics().users.value(), 2);
}

TEST_F(user_commands_test, a_connection_that_fails_is_no_member) {
  auto client = connected("alice");

  // When it ends in another way than by its own will
  caf::anon_send_exit(client.handle(), caf::exit_reason::kill);
  run();

  const auto counted = ask<actors::users_counted>(users, actors::count_users{});
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->connections, 0u);
  EXPECT_EQ(client.link().closed->code, 0u); // without a word
}

} // namespace
