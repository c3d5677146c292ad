#include "net/peer/address.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

namespace {

using net::peer::parse_host_port;

TEST(address_test, splits_host_and_port) {
  auto name = parse_host_port("node-1.example:7000");
  EXPECT_EQ(name.host, "node-1.example");
  EXPECT_EQ(name.port, 7000);
  auto ipv6 = parse_host_port("[::1]:0");
  EXPECT_EQ(ipv6.host, "::1");
  EXPECT_EQ(ipv6.port, 0);
  EXPECT_EQ(to_string(ipv6), "[::1]:0");
}

TEST(address_test, refuses_what_is_no_address_and_quotes_it) {
  for (auto* text : {"", "host", ":1", "host:", "host:x", "host:65536",
                     "host:1x", "::1:7000", "[::1", "[]:1", "host:-1"}) {
    try {
      parse_host_port(text);
      ADD_FAILURE() << text << " was taken";
    } catch (const std::invalid_argument& wrong) {
      EXPECT_THAT(wrong.what(),
                  testing::HasSubstr("\"" + std::string{text} + "\""));
    }
  }
}

} // namespace
