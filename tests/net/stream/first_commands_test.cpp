#include "net/stream/first_commands.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace net {

namespace {

using enum config::transport;

http_request get(std::string_view target) {
  http_request request;
  request.method(http::verb::get);
  request.target(beast::string_view{target.data(), target.size()});
  return request;
}

http_request post(std::string body) {
  http_request request;
  request.method(http::verb::post);
  request.target("/x?cf_connect={}");
  request.body() = std::move(body);
  return request;
}

constexpr std::string_view connect = R"({"id":1,"connect":{}})";

} // namespace

TEST(first_commands_test, stand_in_the_body_or_the_query) {
  const std::string said{connect};
  EXPECT_EQ(first_commands(http_stream, post(said)), said);
  EXPECT_EQ(first_commands(sse, post(said)), said);
  EXPECT_EQ(first_commands(sse, get("/x?cf_connect=%7B%22id%22:1%7D")),
            R"({"id":1})");
}

TEST(first_commands_test, must_be_there) {
  EXPECT_EQ(first_commands(http_stream, post("")), std::nullopt);
  EXPECT_EQ(first_commands(sse, get("/x")), std::nullopt);
  EXPECT_EQ(first_commands(sse, get("/x?cf_connect=")), std::nullopt);
}

TEST(first_commands_test, are_made_of_the_request_of_who_only_listens) {
  EXPECT_EQ(first_commands(uni_http_stream, post("{ \"token\":\n\"t\" }")),
            R"({"id":1,"connect":{"token":"t"}})");
  EXPECT_EQ(first_commands(uni_sse, get("/x")), connect);
  EXPECT_EQ(first_commands(uni_sse, get("/x?cf_connect=[]")), std::nullopt);
  EXPECT_EQ(first_commands(uni_sse, get("/x?cf_connect=nonsense")),
            std::nullopt);
}

} // namespace net
