#include "net/http/exchange.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace net {

namespace {

http_request get(std::string_view target) {
  http_request request;
  request.method(http::verb::get);
  request.target(beast::string_view{target.data(), target.size()});
  return request;
}

} // namespace

TEST(exchange_test, decodes_escapes_of_a_query) {
  EXPECT_EQ(query_parameter(get("/x?a=%41b%2F+c%2b"), "a"), "Ab/ c+");
  EXPECT_EQ(query_parameter(get("/x?a=%41"), "a"), "A");
  EXPECT_EQ(query_parameter(get("/x?a=%e4&b=2"), "a"), "\xE4");
}

TEST(exchange_test, leaves_escapes_alone_that_are_cut_or_wrong) {
  for (const auto* cut : {"%", "%4", "A%", "A%4", "%%", "%%4", "%4%", "%g1",
                          "%1g", "%-1", "% 1", "%0x"})
    EXPECT_EQ(query_parameter(get(std::string{"/x?a="} + cut), "a"), cut);
}

TEST(exchange_test, finds_no_parameter_in_a_query_that_ends_early) {
  for (const auto* target : {"/x", "/x?", "/x?a", "/x?a&", "/x?&&&", "/x?=a"})
    EXPECT_EQ(query_parameter(get(target), "a"), "") << target;
}

TEST(exchange_test, takes_a_path_without_its_query) {
  EXPECT_EQ(path_of(get("/x?a=/y?b")), "/x");
  EXPECT_EQ(path_of(get("/x")), "/x");
}

} // namespace net
