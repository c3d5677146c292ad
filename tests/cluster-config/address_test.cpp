#include "cluster-config/address.hpp"

#include <gtest/gtest.h>

namespace config {

TEST(address_test, reads_a_name_and_a_port) {
  EXPECT_EQ(parse_address("node-1.example:7000"),
            (address{"node-1.example", 7000}));
}

TEST(address_test, reads_an_ipv6_host_in_brackets) {
  auto found = parse_address("[fe80::1%eth0]:0");
  // '%' carries a scope; its name has letters beyond a to f.
  EXPECT_EQ(found, std::nullopt);
  EXPECT_EQ(parse_address("[::1]:8000"), (address{"::1", 8000}));
}

TEST(address_test, writes_what_it_reads) {
  for (auto text : {"127.0.0.1:8000", "[::1]:8000", "localhost:0"})
    EXPECT_EQ(to_string(*parse_address(text)), text);
  EXPECT_EQ(to_string(address{}), "");
}

TEST(address_test, refuses_everything_else) {
  for (auto text : {"", ":", ":8000", "host", "host:", "host:65536", "host:-1",
                    "host:80x", "::1:8000", "[::1]", "[]:1", "[x]:1", "a b:1",
                    "http://host:1", "host:+1"})
    EXPECT_EQ(parse_address(text), std::nullopt) << text;
}

TEST(address_test, knows_the_wildcards) {
  EXPECT_TRUE(parse_address("0.0.0.0:1")->wildcard());
  EXPECT_TRUE(parse_address("[::]:1")->wildcard());
  EXPECT_FALSE(parse_address("127.0.0.1:1")->wildcard());
}

} // namespace config
