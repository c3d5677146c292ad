#include "net/poll/poll_request.hpp"

#include <gtest/gtest.h>

#include <string>

namespace net {

namespace {

/// Why the body is none.
std::string refusal(std::string_view body) {
  const auto read = read_poll(body);
  const auto* why = std::get_if<std::string>(&read);
  return why != nullptr ? *why : "none";
}

} // namespace

TEST(poll_request_test, reads_a_line_and_the_commands_behind_it) {
  const std::string body = R"({"node":"n","session":"0.s","send":3})"
                           "\n{}\n{}";
  const auto read = read_poll(body);
  const auto& request = std::get<poll_request>(read);
  EXPECT_EQ(request.head.node(), "n");
  EXPECT_EQ(request.head.session(), "0.s");
  EXPECT_EQ(request.head.send(), 3u);
  EXPECT_EQ(request.commands, "{}\n{}");
}

TEST(poll_request_test, needs_no_end_of_the_line_without_commands) {
  for (const auto* body :
       {R"({"open":"json"})", "{\"open\":\"protobuf\"}\n",
        R"({"node":"n","session":"s","poll":1})",
        "{\"node\":\"n\",\"session\":\"s\",\"close\":true}\n"})
    EXPECT_EQ(refusal(body), "none") << body;
}

TEST(poll_request_test, is_refused_with_the_reason) {
  constexpr auto* one = "one of open, poll, send and close is expected";
  EXPECT_EQ(refusal("{}"), one);
  EXPECT_EQ(refusal(R"({"node":"n","session":"s"})"), one);
  EXPECT_EQ(refusal(R"({"node":"n","session":"s","poll":1,"send":1})"), one);
  EXPECT_EQ(refusal(R"({"open":"xml"})"),
            R"(open must be "json" or "protobuf")");
  EXPECT_EQ(refusal(R"({"poll":1})"), "node and session are expected");
  EXPECT_EQ(refusal(R"({"node":"n","session":"s","send":1})"),
            "commands are expected behind the first line");
  EXPECT_EQ(refusal("{\"open\":\"json\"}\n{}"), "only what sends has commands");
  EXPECT_EQ(refusal("{\"open\":\"" + std::string(max_poll_head, 'x') + "\"}"),
            "the first line is too long");
  EXPECT_EQ(refusal("").find("the first line: "), 0u);
  EXPECT_EQ(refusal("\n{\"open\":\"json\"}").find("the first line: "), 0u);
}

} // namespace net
