#include "tests/auth/token_support.hpp"

#include <gtest/gtest.h>

using namespace actors;

namespace {

connection_claims connection(std::string_view payload) {
  auto result = verify(token_of(payload));
  if (!result)
    throw std::runtime_error(result.error().why);
  return *result;
}

subscription_claims subscription(std::string_view payload) {
  auto result =
      hmac_verifier().verify_subscription(token_of(payload), at(noon));
  if (!result)
    throw std::runtime_error(result.error().why);
  return *result;
}

} // namespace

TEST(claims_test, reads_who_the_user_is) {
  auto claims = connection(R"({"sub":"alice","jti":"7","iss":"game",
                               "iat":1700000000,"info":{"name":"Alice"}})");
  EXPECT_EQ(claims.user, "alice");
  EXPECT_EQ(claims.id, "7");
  EXPECT_EQ(claims.issuer, "game");
  EXPECT_EQ(claims.issued_at, 1'700'000'000);
  EXPECT_EQ(claims.info, R"({"name":"Alice"})");
}

TEST(claims_test, is_anonymous_without_a_subject) {
  auto claims = connection("{}");
  EXPECT_EQ(claims.user, "");
  EXPECT_EQ(claims.expire_at, 0);
  EXPECT_EQ(claims.info, "");
}

TEST(claims_test, takes_null_for_absent) {
  auto claims = connection(
      R"({"sub":null,"exp":null,"info":null,"channels":null,"channel":null,
          "subs":null,"aud":null,"expire_at":null,"b64info":null})");
  EXPECT_EQ(claims.user, "");
  EXPECT_EQ(claims.expire_at, 0);
  EXPECT_EQ(claims.info, "");
}

// Frames are split at newlines, and info goes into them as it is.
TEST(claims_test, makes_info_compact) {
  auto claims = connection("{\"info\": {\n \"a\" : [ 1,\r\n\t2.5 ],"
                           "\"text\": \"two\\nlines\" } }");
  EXPECT_EQ(claims.info, R"({"a":[1,2.5],"text":"two\nlines"})");
}

TEST(claims_test, takes_any_json_as_info) {
  EXPECT_EQ(connection(R"({"info":"text"})").info, R"("text")");
  EXPECT_EQ(connection(R"({"info":18446744073709551615})").info,
            "18446744073709551615");
  EXPECT_EQ(connection(R"({"info":false})").info, "false");
}

TEST(claims_test, keeps_the_bytes_of_info) {
  for (auto info : {"1e400", "1.0", "-0", "123456789012345678901234567890",
                    "0.1000", R"("\u0041\/\ud83d")", R"({"a":1,"a":2})"}) {
    const auto json = std::string{info};
    EXPECT_EQ(connection(R"({"info":)" + json + "}").info, info);
    EXPECT_EQ(connection(R"({"meta":)" + json + "}").meta, info);
    EXPECT_EQ(subscription(R"({"channel":"c","data":)" + json + "}").data,
              info);
    EXPECT_EQ(
        connection(R"({"subs":{"c":{"info":)" + json + "}}}").subs.at("c").info,
        info);
  }
}

TEST(claims_test, prefers_info_in_base64) {
  EXPECT_EQ(connection(R"({"b64info":"AP8=","info":{"a":1}})").info,
            std::string_view("\0\xff", 2));
  EXPECT_EQ(connection(R"({"info":{"a":1},"b64info":"AP8="})").info,
            std::string_view("\0\xff", 2));
}

TEST(claims_test, reads_server_side_channels) {
  auto claims = connection(R"({"channels":["news","chat:lobby"],
                               "meta":{"region": "eu"}})");
  EXPECT_EQ(claims.channels, (std::vector<std::string>{"news", "chat:lobby"}));
  EXPECT_EQ(claims.meta, R"({"region":"eu"})");
}

TEST(claims_test, reads_server_side_subscriptions_with_options) {
  auto claims = connection(R"({"subs":{
    "plain":{}, "nothing":null,
    "full":{"info":{"a":1},"b64data":"/w==","override":{
      "presence":{"value":true},"join_leave":{"value":false},
      "force_push_join_leave":{"value":true},"force_positioning":{},
      "force_recovery":null}}}})");

  ASSERT_EQ(claims.subs.size(), 3u);
  EXPECT_EQ(claims.subs.at("plain").overrides, subscription_override{});
  auto& full = claims.subs.at("full");
  EXPECT_EQ(full.info, R"({"a":1})");
  EXPECT_EQ(full.data, "\xff");
  EXPECT_EQ(full.overrides.presence, true);
  EXPECT_EQ(full.overrides.join_leave, false);
  EXPECT_EQ(full.overrides.force_push_join_leave, true);
  EXPECT_EQ(full.overrides.force_positioning, std::nullopt);
  EXPECT_EQ(full.overrides.force_recovery, std::nullopt);
}

TEST(claims_test, reads_a_subscription) {
  auto claims = subscription(
      R"({"sub":"alice","channel":"$secret","client":"c-1","info":{"x":1},
          "data":{"hello":true},"override":{"force_recovery":{"value":true}},
          "exp":1750000100})");
  EXPECT_EQ(claims.user, "alice");
  EXPECT_EQ(claims.channel, "$secret");
  EXPECT_EQ(claims.client, "c-1");
  EXPECT_EQ(claims.info, R"({"x":1})");
  EXPECT_EQ(claims.data, R"({"hello":true})");
  EXPECT_EQ(claims.overrides.force_recovery, true);
  EXPECT_EQ(claims.overrides.presence, std::nullopt);
  EXPECT_EQ(claims.expire_at, 1'750'000'100);
}
