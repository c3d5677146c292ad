#include "proto/api.pb.h"
#include "proto/json_codec.hpp"

#include <gtest/gtest.h>

namespace proto {
namespace {

std::string write(const google::protobuf::Message& message) {
  std::string out;
  EXPECT_TRUE(append_json(message, out));
  return out;
}

TEST(api_test, a_publish_request) {
  roost::api::PublishRequest request;
  EXPECT_EQ(parse_json(R"({"channel":"news","data":{"a": [1]},"b64data":"",)"
                       R"("skip_history":true,"tags":{"k":"v"},)"
                       R"("idempotency_key":"i","delta":true,"version":5,)"
                       R"("version_epoch":"ve","later":1})",
                       request),
            std::nullopt);
  EXPECT_EQ(request.channel(), "news");
  EXPECT_EQ(request.data(), R"({"a":[1]})");
  EXPECT_TRUE(request.skip_history());
  EXPECT_EQ(request.tags().at("k"), "v");
  EXPECT_EQ(request.idempotency_key(), "i");
  EXPECT_TRUE(request.delta());
  EXPECT_EQ(request.version(), 5U);
  EXPECT_EQ(request.version_epoch(), "ve");
}

TEST(api_test, a_response_holds_a_result_or_an_error) {
  roost::api::PublishResponse response;
  response.mutable_result();
  EXPECT_EQ(write(response), R"({"result":{}})");
  response.mutable_result()->set_offset(7);
  response.mutable_result()->set_epoch("abcd");
  EXPECT_EQ(write(response), R"({"result":{"offset":7,"epoch":"abcd"}})");
  response.Clear();
  response.mutable_error()->set_code(107);
  response.mutable_error()->set_message("bad request");
  EXPECT_EQ(write(response),
            R"({"error":{"code":107,"message":"bad request"}})");
}

TEST(api_test, a_broadcast_answers_for_each_channel) {
  roost::api::BroadcastResponse response;
  auto& result = *response.mutable_result();
  result.add_responses()->mutable_result()->set_offset(1);
  result.add_responses()->mutable_error()->set_code(102);
  EXPECT_EQ(write(response), R"({"result":{"responses":[)"
                             R"({"result":{"offset":1}},)"
                             R"({"error":{"code":102}}]}})");
}

TEST(api_test, a_batch_names_methods) {
  roost::api::BatchRequest request;
  EXPECT_EQ(parse_json(R"({"parallel":true,"commands":[)"
                       R"({"publish":{"channel":"a","data":1}},)"
                       R"({"history_remove":{"channel":"b"}},{"nope":{}}]})",
                       request),
            std::nullopt);
  EXPECT_TRUE(request.parallel());
  ASSERT_EQ(request.commands_size(), 3);
  EXPECT_EQ(request.commands(0).publish().data(), "1");
  EXPECT_EQ(request.commands(1).history_remove().channel(), "b");
  EXPECT_FALSE(request.commands(2).has_publish());
  roost::api::BatchResponse response;
  response.add_replies()->mutable_publish();
  response.add_replies()->mutable_history_remove();
  response.add_replies()->mutable_error()->set_code(104);
  EXPECT_EQ(write(response), R"({"replies":[{"publish":{}},)"
                             R"({"history_remove":{}},)"
                             R"({"error":{"code":104}}]})");
}

TEST(api_test, presence_is_by_client) {
  roost::api::PresenceResponse response;
  auto& info = (*response.mutable_result()->mutable_presence())["c1"];
  info.set_user("u");
  info.set_client("c1");
  info.set_conn_info(R"({"name":"U"})");
  EXPECT_EQ(write(response),
            R"({"result":{"presence":{"c1":{"user":"u","client":"c1",)"
            R"("conn_info":{"name":"U"}}}}})");
}

TEST(api_test, info_tells_zero_from_unknown) {
  roost::api::InfoResponse response;
  auto& node = *response.mutable_result()->add_nodes();
  node.set_uid("n1");
  node.set_num_clients(2);
  EXPECT_EQ(write(response),
            R"({"result":{"nodes":[{"uid":"n1","name":"","version":"",)"
            R"("num_clients":2,"num_users":0,"num_channels":0,"uptime":0,)"
            R"("num_subs":0}]}})");
}

TEST(api_test, errors_name_the_field_of_a_batch) {
  roost::api::BatchRequest request;
  EXPECT_EQ(
      parse_json(R"({"commands":[{},{"publish":{"tags":{"k":1}}}]})", request),
      "field \"commands[1].publish.tags[\"k\"]\" must be a string, "
      "found a number");
}

} // namespace
} // namespace proto
