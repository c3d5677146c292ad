#include "tests/client/api_test.hpp"

namespace {

using namespace client_test_support;
using ::testing::HasSubstr;

using api_nodes_test = api_test;

TEST_F(api_nodes_test, subscribe_asks_every_node) {
  nodes_say({{"node-1", reached(0)}, {"node-2", reached(1)}});

  EXPECT_EQ(call("subscribe",
                 R"({"channel":"chat:1","user":"alice","expire_at":7,)"
                 R"("info":{"a":1},"b64data":"/w==","client":"c",)"
                 R"("session":"s","recover_since":{"offset":2,"epoch":"E"},)"
                 R"("override":{"presence":{"value":true},)"
                 R"("force_recovery":{}}})"),
            R"(200 {"result":{}})");
  const auto& request = asked.subscribe();
  EXPECT_EQ(request.user(), "alice");
  EXPECT_EQ(request.channel(), "chat:1");
  EXPECT_EQ(request.client(), "c");
  EXPECT_EQ(request.session(), "s");
  EXPECT_EQ(request.expire_at(), 7);
  EXPECT_EQ(request.info(), R"({"a":1})");
  EXPECT_EQ(request.data(), "\xff");
  EXPECT_EQ(request.recover_since().offset(), 2u);
  EXPECT_TRUE(request.override().presence().value());
  EXPECT_TRUE(request.override().has_force_recovery());
  EXPECT_FALSE(request.override().has_join_leave());
}

TEST_F(api_nodes_test, subscribe_needs_user_and_channel) {
  EXPECT_THAT(call("subscribe", R"({"channel":"chat:1"})"), HasSubstr("107"));
  EXPECT_THAT(call("subscribe", R"({"user":"alice"})"), HasSubstr("107"));
  EXPECT_THAT(call("subscribe", R"({"user":"alice","channel":"other:1"})"),
              HasSubstr("102"));
}

TEST_F(api_nodes_test, a_node_that_was_not_reached_is_an_error) {
  nodes_say({{"node-1", reached(1)}, {"node-2", unreachable()}});

  for (const auto* method : {"unsubscribe", "disconnect", "refresh"})
    EXPECT_EQ(
        call(method, R"({"user":"alice"})"),
        R"(200 {"error":{"code":100,"message":"internal server error"}})");
}

TEST_F(api_nodes_test, unsubscribe_may_name_no_channel) {
  nodes_say({{"node-1", reached(1)}});

  EXPECT_EQ(call("unsubscribe", R"({"user":"alice","client":"c"})"),
            R"(200 {"result":{}})");
  EXPECT_EQ(asked.unsubscribe().client(), "c");
  EXPECT_THAT(call("unsubscribe", R"({"channel":"chat:1"})"), HasSubstr("107"));
  EXPECT_THAT(call("unsubscribe", R"({"user":"alice","channel":"other:1"})"),
              HasSubstr("102"));
}

TEST_F(api_nodes_test, disconnect_says_how) {
  nodes_say({{"node-1", reached(1)}});

  EXPECT_EQ(call("disconnect", R"({"user":"alice","whitelist":["a","b"],)"
                               R"("disconnect":{"code":4001,"reason":"bye"}})"),
            R"(200 {"result":{}})");
  EXPECT_EQ(asked.disconnect().code(), 4001u);
  EXPECT_EQ(asked.disconnect().reason(), "bye");
  EXPECT_EQ(asked.disconnect().whitelist_size(), 2);
  EXPECT_EQ(call("disconnect", R"({"user":"alice"})"), R"(200 {"result":{}})");
  EXPECT_EQ(asked.disconnect().code(), 0u);
}

TEST_F(api_nodes_test, disconnect_refuses_what_no_client_understands) {
  nodes_say({{"node-1", reached(1)}});
  for (const auto* how :
       {R"({"code":1000,"reason":"x"})", R"({"code":5000,"reason":"x"})",
        R"({"code":4000,"reason":"123"})", R"({"reason":"x"})"})
    EXPECT_THAT(call("disconnect", R"({"user":"alice","disconnect":)"
                                       + std::string{how} + "}"),
                HasSubstr("107"))
        << how;
  EXPECT_THAT(call("disconnect", "{}"), HasSubstr("107"));
}

TEST_F(api_nodes_test, refresh_says_the_new_time) {
  nodes_say({{"node-1", reached(1)}});

  EXPECT_EQ(call("refresh", R"({"user":"alice","expire_at":5,"expired":true,)"
                            R"("info":1})"),
            R"(200 {"result":{}})");
  EXPECT_EQ(asked.refresh().expire_at(), 5);
  EXPECT_TRUE(asked.refresh().expired());
  EXPECT_EQ(asked.refresh().info(), "1");
}

TEST_F(api_nodes_test, channels_adds_up_the_nodes) {
  auto first = std::make_shared<roost::link::NodeReply>();
  (*first->mutable_channels()->mutable_channels())["chat:1"] = 2;
  auto second = std::make_shared<roost::link::NodeReply>();
  (*second->mutable_channels()->mutable_channels())["chat:1"] = 1;
  (*second->mutable_channels()->mutable_channels())["chat:2"] = 4;
  nodes_say({{"node-1", first}, {"node-2", second}});

  EXPECT_EQ(call("channels", R"({"pattern":"chat:*"})"),
            R"(200 {"result":{"channels":{"chat:1":{"num_clients":3},)"
            R"("chat:2":{"num_clients":4}}}})");
  EXPECT_EQ(asked.channels().pattern(), "chat:*");
  EXPECT_EQ(
      call("channels", R"({"pattern":")" + std::string(4'097, '*') + R"("})"),
      R"(200 {"error":{"code":107,"message":"bad request"}})");

  nodes_say({{"node-1", first}, {"node-2", unreachable()}});
  EXPECT_THAT(call("channels", "{}"), HasSubstr(R"("code":100)"));
}

TEST_F(api_nodes_test, info_lists_the_nodes_that_answer) {
  auto first = std::make_shared<roost::link::NodeReply>();
  auto& info = *first->mutable_info();
  info.set_uid("u1");
  info.set_name("node-1");
  info.set_version("0.1.0");
  info.set_num_clients(3);
  info.set_num_users(2);
  info.set_num_channels(1);
  info.set_num_subs(4);
  info.set_uptime(60);
  info.set_messages_per_second(1.5);
  nodes_say({{"node-1", first}, {"node-2", unreachable()}});

  EXPECT_EQ(call("info", "{}"),
            R"(200 {"result":{"nodes":[{"uid":"u1","name":"node-1",)"
            R"("version":"0.1.0","num_clients":3,"num_users":2,)"
            R"("num_channels":1,"uptime":60,"metrics":{"interval":5,)"
            R"("items":{"messages_per_second":1.5}},"num_subs":4}]}})");
}

TEST_F(api_nodes_test, answers_when_there_is_no_membership) {
  std::string body;
  api().call("disconnect", R"({"user":"alice"})", false,
             [&](actors::api_response x) { body = x.body; });
  run();

  membership.answer<actors::survey>(
      caf::make_error(caf::sec::request_receiver_down));
  run();

  EXPECT_THAT(body, HasSubstr(R"("code":100)"));
}

} // namespace
