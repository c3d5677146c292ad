#include "proto/api.pb.h"
#include "proto/client.pb.h"
#include "proto/json_codec.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace proto {
namespace {

std::string write(const google::protobuf::Message& message) {
  std::string out;
  EXPECT_TRUE(append_json(message, out));
  return out;
}

TEST(json_writer_test, leaves_zero_values_out) {
  EXPECT_EQ(write(roost::client::Reply{}), "{}");
  roost::client::Reply reply;
  reply.set_id(3);
  reply.mutable_publish();
  EXPECT_EQ(write(reply), R"({"id":3,"publish":{}})");
}

TEST(json_writer_test, some_fields_are_always_there) {
  EXPECT_EQ(write(roost::client::ClientInfo{}), R"({"user":"","client":""})");
  EXPECT_EQ(write(roost::client::PresenceResult{}), R"({"presence":{}})");
  EXPECT_EQ(write(roost::client::PresenceStatsResult{}),
            R"({"num_clients":0,"num_users":0})");
  EXPECT_EQ(write(roost::client::HistoryResult{}),
            R"({"publications":[],"epoch":"","offset":0})");
  EXPECT_EQ(write(roost::api::ChannelsResult{}), R"({"channels":{}})");
  EXPECT_EQ(write(roost::api::InfoResult{}), R"({"nodes":[]})");
  EXPECT_EQ(write(roost::api::BatchResponse{}), R"({"replies":[]})");
}

TEST(json_writer_test, whole_numbers_are_numbers) {
  roost::client::SubscribeResult result;
  result.set_offset(std::numeric_limits<std::uint64_t>::max());
  result.set_id(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(write(result), R"({"offset":18446744073709551615,)"
                           R"("id":-9223372036854775808})");
}

TEST(json_writer_test, maps_are_objects_in_the_order_of_their_keys) {
  roost::client::Publication pub;
  for (auto key : {"b", "c", "a", "\"", "d"})
    (*pub.mutable_tags())[key] = key;
  EXPECT_EQ(write(pub),
            R"({"tags":{"\"":"\"","a":"a","b":"b","c":"c","d":"d"}})");
  roost::client::PresenceResult presence;
  (*presence.mutable_presence())["id"].set_user("u");
  EXPECT_EQ(write(presence), R"({"presence":{"id":{"user":"u","client":""}}})");
}

TEST(json_writer_test, embeds_data_on_one_line) {
  roost::client::RPCResult result;
  result.set_data("{\n  \"a\": \"x\\ny z\"\n}");
  EXPECT_EQ(write(result), R"({"data":{"a":"x\ny z"}})");
}

TEST(json_writer_test, writes_data_that_is_not_json_as_base64) {
  roost::client::RPCResult result;
  for (auto [data, text] :
       {std::pair{"\x01\x02", "AQI="}, std::pair{"{", "ew=="},
        std::pair{"{\"a\":1}}", "eyJhIjoxfX0="}, std::pair{"\"\xff\"", "Iv8i"},
        std::pair{"1 2", "MSAy"}, std::pair{" ", "IA=="}}) {
    result.set_data(data);
    EXPECT_EQ(write(result), R"({"data":")" + std::string{text} + R"("})");
  }
}

TEST(json_writer_test, says_of_a_publication_that_its_data_is_base64) {
  roost::client::Publication pub;
  pub.set_data("\xff");
  EXPECT_EQ(write(pub),
            R"({"data":"/w==","tags":{"roost.encoding":"base64"}})");
  (*pub.mutable_tags())["a"] = "1";
  (*pub.mutable_tags())["z"] = "2";
  (*pub.mutable_tags())["roost.encoding"] = "none";
  EXPECT_EQ(write(pub), R"({"data":"/w==","tags":{"a":"1",)"
                        R"("roost.encoding":"base64","z":"2"}})");
  pub.set_data("1");
  EXPECT_EQ(write(pub), R"({"data":1,"tags":{"a":"1",)"
                        R"("roost.encoding":"none","z":"2"}})");
}

TEST(json_writer_test, refuses_strings_that_are_not_utf8) {
  roost::client::Error error;
  error.set_message("\xff");
  std::string out;
  EXPECT_FALSE(append_json(error, out));
  EXPECT_EQ(out, "");
}

TEST(json_writer_test, writes_real_numbers_in_the_shortest_form) {
  roost::api::Process process;
  process.set_cpu(0.1);
  process.set_rss(1);
  EXPECT_EQ(write(process), R"({"cpu":0.1,"rss":1})");
  std::string out;
  process.set_cpu(std::numeric_limits<double>::infinity());
  EXPECT_FALSE(append_json(process, out));
}

TEST(json_writer_test, base64_fields_are_encoded) {
  roost::api::PublishRequest request;
  request.set_b64data(std::string("\x00\xff\x10", 3));
  EXPECT_EQ(write(request), R"({"b64data":"AP8Q"})");
}

} // namespace
} // namespace proto
