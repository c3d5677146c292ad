#include "cluster-config/ip_network.hpp"

#include <gtest/gtest.h>

namespace config {

TEST(ip_network_test, reads_and_shows_networks) {
  for (const auto* text : {"10.0.0.0/8", "192.0.2.1", "0.0.0.0/0", "::/0",
                           "2001:db8::/32", "2001:db8::1", "::1"}) {
    const auto network = parse_network(text);
    ASSERT_TRUE(network) << text;
    EXPECT_EQ(to_string(*network), text);
  }
}

TEST(ip_network_test, refuses_what_is_none) {
  for (const auto* text :
       {"", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1",
        "10.0.0.1/8", "10.0.0/8", "host", "[::1]", "::1/129", "2001:db8::1/32",
        "10.0.0.0/8/8", "10.0.0.0 /8"})
    EXPECT_FALSE(parse_network(text)) << text;
}

TEST(ip_network_test, contains_what_begins_so) {
  const auto has = [](const char* network, const char* address) {
    return parse_network(network)->contains(*parse_ip(address));
  };
  EXPECT_TRUE(has("10.0.0.0/8", "10.255.255.255"));
  EXPECT_FALSE(has("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(has("192.0.2.128/25", "192.0.2.129"));
  EXPECT_FALSE(has("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(has("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(has("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(has("2001:db8::/32", "2001:db8:1::"));
  EXPECT_FALSE(has("2001:db8::/32", "2001:db9::"));
  EXPECT_TRUE(has("10.0.0.0/8", "::ffff:10.0.0.1"));
}

} // namespace config
