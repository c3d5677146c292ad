#include "actors/auth/token_maker.hpp"
#include "tests/client/client_test.hpp"

namespace {

using namespace client_test_support;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

class server_subscription_test : public client_test {
protected:
  static std::string token_for(const std::vector<std::string>& rooms) {
    actors::token_options options;
    options.hmac_secret = std::string{secret};
    options.user = "alice";
    options.channels = rooms;
    return actors::make_token(options);
  }

  static std::string connect(const std::vector<std::string>& rooms,
                             const std::string& fields = "") {
    return R"({"id":1,"connect":{"token":")" + token_for(rooms) + '"' + fields
           + "}}";
  }
};

TEST_F(server_subscription_test, comes_with_the_token) {
  auto client = arrive();
  publish("chat:1", "1");

  client.say(connect({"chat:1", "closed:1"}));
  publish("chat:1", "2");

  EXPECT_THAT(
      client.hear(),
      ElementsAre(
          R"({"id":1,"connect":{"client":"CLIENT",)"
          R"("version":"Roost 0.0.0","subs":{"chat:1":)"
          R"({"recoverable":true,"epoch":"E","offset":1,)"
          R"("positioned":true},"closed:1":{}},)"
          R"("ping":25,"pong":true}})",
          R"({"push":{"channel":"chat:1","pub":{"data":2,"offset":2}}})"));
  EXPECT_EQ(metrics().subscriptions.value(), 2);
}

TEST_F(server_subscription_test, recovers_with_the_connect) {
  auto client = arrive();
  publish("chat:1", "1");
  publish("chat:1", "2");

  client.say(connect({"chat:1"}, R"(,"subs":{"chat:1":{"recover":true,)"
                                 R"("epoch":"E","offset":1}})"));

  EXPECT_THAT(client.hear(),
              ElementsAre(HasSubstr(
                  R"("subs":{"chat:1":{"recoverable":true,"epoch":"E",)"
                  R"("publications":[{"data":2,"offset":2}],"recovered":true,)"
                  R"("offset":1,"positioned":true,"was_recovering":true}})")));
}

TEST_F(server_subscription_test, holds_pushes_back_until_the_connect_is_done) {
  // Given one room that is in and one that is awaited
  auto client = arrive();
  auto other = connected("bob");
  other.say(R"({"id":2,"subscribe":{"channel":"chat:1"}})");
  rooms.hold();
  client.say(connect({"chat:1", "chat:2"}));

  // When the first has news
  publish("chat:1", "7");
  EXPECT_THAT(client.hear(), IsEmpty());
  rooms.answer_all();
  run();

  // Then they come after the reply
  const auto heard = client.hear();
  ASSERT_THAT(heard, SizeIs(2));
  EXPECT_THAT(heard[0], HasSubstr(R"("connect":{"client")"));
  EXPECT_THAT(heard[1], HasSubstr(R"("pub":{"data":7)"));
}

TEST_F(server_subscription_test, includes_the_personal_room) {
  config.client.user_subscribe_to_personal.enabled = true;
  config.client.user_subscribe_to_personal.personal_channel_namespace = "mine";
  auto client = arrive();

  client.say(connect({}));

  EXPECT_THAT(client.hear(),
              ElementsAre(HasSubstr(R"("subs":{"mine:#alice":{}})")));
}

TEST_F(server_subscription_test, may_have_a_name_that_no_client_may_choose) {
  auto client = arrive();

  client.say(connect({"mine:#bob", "open:\xC3\xA4"}));
  EXPECT_THAT(client.hear(),
              ElementsAre(HasSubstr(
                  "\"subs\":{\"mine:#bob\":{},\"open:\xC3\xA4\":{}}")));

  client.say(
      "{\"id\":2,\"publish\":{\"channel\":\"open:\xC3\xA4\",\"data\":1}}");
  EXPECT_THAT(client.hear(), ElementsAre(HasSubstr(R"("code":107)")));
}

TEST_F(server_subscription_test, refuses_the_connect_for_a_name_too_long) {
  auto client = arrive();

  client.say(connect({"open:" + std::string(251, 'x')}));

  EXPECT_THAT(client.hear(), ElementsAre(HasSubstr(R"("code":107)")));
}

TEST_F(server_subscription_test, makes_no_personal_room_that_lists_others) {
  config.client.user_subscribe_to_personal.enabled = true;
  config.client.user_subscribe_to_personal.personal_channel_namespace = "mine";
  for (auto user : {"alice,bob", "alice#bob", ",", "#"}) {
    auto client = arrive();
    client.say(R"({"id":1,"connect":{"token":")" + token(user) + R"("}})");
    EXPECT_THAT(client.hear(),
                ElementsAre(::testing::Not(HasSubstr(R"("subs")"))))
        << user;
  }
}

TEST_F(server_subscription_test, refuses_the_connect_for_an_unknown_namespace) {
  auto client = arrive();

  client.say(connect({"chat:1", "other:1"}));

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":1,"error":{"code":102,)"
                                         R"("message":"unknown channel"}})"));
  EXPECT_EQ(metrics().subscriptions.value(), 0);
}

TEST_F(server_subscription_test, refuses_the_connect_when_a_home_is_missing) {
  auto client = arrive();
  rooms.hold();
  client.say(connect({"chat:1"}));

  advance(4'100ms);

  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"id":1,"error":{"code":100,"message":)"
                          R"("internal server error","temporary":true}})"));
}

TEST_F(server_subscription_test, holds_the_limit_of_rooms) {
  config.client.channel_limit = 1;
  auto client = arrive();

  client.say(connect({"chat:1", "chat:2"}));

  EXPECT_EQ(client.ending(), "3505 channel limit");
}

TEST_F(server_subscription_test, is_in_the_way_of_an_own_one) {
  auto client = arrive();
  client.say(connect({"chat:1"}));
  client.hear();

  client.say(R"({"id":2,"subscribe":{"channel":"chat:1"}})");

  EXPECT_THAT(client.hear(), ElementsAre(HasSubstr(R"("code":105)")));
}

TEST_F(server_subscription_test, ends_the_connection_when_it_is_lost) {
  auto client = arrive();
  client.say(connect({"chat:1"}));
  client.hear();

  rooms["chat:1"].epoch = "F";
  publish("chat:1", "1");

  EXPECT_EQ(client.ending(), "3010 insufficient state");
}

TEST_F(server_subscription_test, is_not_refreshed_by_the_client) {
  auto client = arrive();
  client.say(connect({"chat:1"}));

  client.say(R"({"id":2,"sub_refresh":{"channel":"chat:1","token":"x"}})");

  EXPECT_EQ(client.ending(), "3501 bad request");
}

TEST_F(server_subscription_test, must_be_the_same_after_a_refresh) {
  auto client = arrive();
  client.say(connect({"chat:1"}));
  client.hear();

  client.say(R"({"id":2,"refresh":{"token":")" + token_for({"chat:1"})
             + R"("}})");
  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"refresh":{}})"));

  client.say(R"({"id":3,"refresh":{"token":")" + token_for({"chat:2"})
             + R"("}})");
  EXPECT_EQ(client.ending(), "3010 insufficient state");
}

} // namespace
