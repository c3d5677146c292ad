#include "actors/auth/token_maker.hpp"
#include "tests/client/client_test.hpp"

namespace {

using namespace client_test_support;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

class refresh_test : public client_test {
protected:
  refresh_test() { config.client.ping_interval = std::chrono::seconds{0}; }

  /// A client whose token is good for a minute.
  test_client for_a_minute() {
    auto client = arrive();
    client.say(R"({"id":1,"connect":{"token":")" + token("alice", 60)
               + R"("}})");
    client.hear();
    return client;
  }

  static std::string refresh(const std::string& token) {
    return R"({"id":2,"refresh":{"token":")" + token + R"("}})";
  }

  static std::string sub_refresh(const std::string& room,
                                 const std::string& token) {
    return R"({"id":3,"sub_refresh":{"channel":")" + room + R"(","token":")"
           + token + R"("}})";
  }
};

TEST_F(refresh_test, a_connection_ends_after_its_time_and_some_grace) {
  auto client = for_a_minute();

  advance(80s);
  EXPECT_EQ(client.ending(), "open");

  advance(6s);
  EXPECT_EQ(client.ending(), "3005 connection expired");
}

TEST_F(refresh_test, many_tokens_take_a_turn_each) {
  auto client = for_a_minute();
  std::string commands;
  for (int i = 0; i < 20; ++i)
    commands += (i == 0 ? "" : "\n") + refresh(token("alice", 3600));
  client.say(commands);
  EXPECT_THAT(client.hear(), SizeIs(20));
}

TEST_F(refresh_test, a_new_token_lengthens_it) {
  auto client = for_a_minute();
  advance(30s);

  client.say(refresh(token("alice", 3600)));

  EXPECT_THAT(
      client.hear(),
      ElementsAre(MatchesRegex(
          R"(\{"id":2,"refresh":\{"expires":true,"ttl":3(600|599)\}\})")));
  advance(100s);
  EXPECT_EQ(client.ending(), "open");
}

TEST_F(refresh_test, a_token_without_end_takes_the_end_away) {
  auto client = for_a_minute();

  client.say(refresh(token("alice")));

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"refresh":{}})"));
}

TEST_F(refresh_test, an_empty_token_ends_the_connection) {
  auto client = for_a_minute();
  client.say(refresh(""));
  EXPECT_EQ(client.ending(), "3501 bad request");
}

TEST_F(refresh_test, an_expired_token_ends_the_connection) {
  auto client = for_a_minute();
  client.say(refresh(old_token("alice")));
  EXPECT_EQ(client.ending(), "3005 connection expired");
}

TEST_F(refresh_test, a_broken_token_ends_the_connection) {
  auto client = for_a_minute();
  client.say(refresh("x.y.z"));
  EXPECT_EQ(client.ending(), "3500 invalid token");
}

TEST_F(refresh_test, the_token_of_another_user_ends_the_connection) {
  auto client = for_a_minute();
  client.say(refresh(token("bob", 60)));
  EXPECT_EQ(client.ending(), "3500 invalid token");
}

TEST_F(refresh_test, new_info_reaches_the_rooms) {
  auto client = connected("alice");
  client.say(R"({"id":2,"subscribe":{"channel":"chat:1"}})");
  rooms.take();
  actors::token_options options;
  options.hmac_secret = std::string{secret};
  options.user = "alice";
  options.info = R"({"name":"Alice"})";

  client.say(refresh(actors::make_token(options)));

  const auto told = rooms.take();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0]->arrive().info().conn_info(), R"({"name":"Alice"})");
}

// -- subscriptions ------------------------------------------------------------

class sub_refresh_test : public refresh_test {
protected:
  test_client subscribed() {
    auto client = connected("alice");
    client.say(R"({"id":2,"subscribe":{"channel":"closed:1","token":")"
               + sub_token("alice", "closed:1", 60) + R"("}})");
    client.hear();
    return client;
  }

  static std::string error(int code, const std::string& message) {
    return R"({"id":3,"error":{"code":)" + std::to_string(code)
           + R"(,"message":")" + message + R"("}})";
  }
};

TEST_F(sub_refresh_test, a_new_token_lengthens_it) {
  auto client = subscribed();

  client.say(sub_refresh("closed:1", sub_token("alice", "closed:1", 3600)));

  EXPECT_THAT(
      client.hear(),
      ElementsAre(MatchesRegex(
          R"(\{"id":3,"sub_refresh":\{"expires":true,"ttl":3(600|599)\}\})")));
  advance(100s);
  EXPECT_THAT(client.hear(), IsEmpty());
  EXPECT_EQ(metrics().subscriptions.value(), 1);
}

// An error that is not temporary would end the subscription for good.
TEST_F(sub_refresh_test, an_expired_token_is_an_error_for_now) {
  auto client = subscribed();
  client.say(sub_refresh("closed:1", old_token("alice", "closed:1")));
  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"id":3,"error":{"code":109,)"
                          R"("message":"token expired","temporary":true}})"));
  EXPECT_EQ(client.ending(), "open");
}

TEST_F(sub_refresh_test, an_empty_token_is_an_error) {
  auto client = subscribed();
  client.say(sub_refresh("closed:1", ""));
  EXPECT_THAT(client.hear(), ElementsAre(error(107, "bad request")));
}

TEST_F(sub_refresh_test, a_room_that_it_is_not_in_is_an_error) {
  auto client = subscribed();
  client.say(sub_refresh("closed:2", sub_token("alice", "closed:2")));
  EXPECT_THAT(client.hear(), ElementsAre(error(103, "permission denied")));
}

TEST_F(sub_refresh_test, a_broken_token_ends_the_connection) {
  auto client = subscribed();
  client.say(sub_refresh("closed:1", "x.y.z"));
  EXPECT_EQ(client.ending(), "3500 invalid token");
}

TEST_F(sub_refresh_test, the_token_of_another_room_ends_the_connection) {
  auto client = subscribed();
  client.say(sub_refresh("closed:1", sub_token("alice", "closed:2")));
  EXPECT_EQ(client.ending(), "3500 invalid token");
}

TEST_F(sub_refresh_test, tracking_is_not_for_streams) {
  auto client = subscribed();
  client.say(R"({"id":3,"sub_refresh":{"channel":"closed:1","type":1}})");
  EXPECT_THAT(client.hear(), ElementsAre(error(107, "bad request")));
}

} // namespace
