#include "net/ctl/endpoint.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

using namespace net;

TEST(endpoint_test, reads_what_people_write) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:9000").host, "127.0.0.1");
  EXPECT_EQ(parse_endpoint("127.0.0.1:9000").port, "9000");
  EXPECT_FALSE(parse_endpoint("http://node-1:9000/").tls);
  EXPECT_EQ(parse_endpoint("http://node-1:9000/").host, "node-1");
  EXPECT_TRUE(parse_endpoint("https://node-1:9000").tls);
  EXPECT_EQ(parse_endpoint("[::1]:9000").host, "::1");
  EXPECT_EQ(parse_endpoint("unix:/run/roost.sock").path, "/run/roost.sock");
}

TEST(endpoint_test, writes_what_it_reads) {
  for (auto text : {"127.0.0.1:9000", "[::1]:1", "https://node:65535",
                    "unix:/run/roost.sock"})
    EXPECT_EQ(parse_endpoint(text).text(), text);
}

TEST(endpoint_test, refuses_everything_else) {
  for (auto text :
       {"", ":", ":9000", "node", "node:", "node:0", "node:65536", "node:http",
        "node:90 00", "::1:9000", "[::1]", "[node]:9000", "ftp://node:21",
        "http://node:9000/admin", "user@node:9000", "no de:9000", "unix:"})
    EXPECT_THROW(parse_endpoint(text), std::invalid_argument) << text;
}
