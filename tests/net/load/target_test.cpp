#include "net/load/errors.hpp"
#include "net/load/target.hpp"

#include <gtest/gtest.h>

#include <string>

namespace net::load {

TEST(target_test, reads_host_port_and_path) {
  auto found = find_target("ws://127.0.0.1:8000/a/b?c", "ws://");
  EXPECT_EQ(found.host, "127.0.0.1:8000");
  EXPECT_EQ(found.path, "/a/b?c");
  EXPECT_TRUE(found.loopback());
  EXPECT_EQ(find_target("ws://127.0.0.1:8000", "ws://").path, "");
}

TEST(target_test, knows_addresses_of_other_machines) {
  EXPECT_FALSE(find_target("ws://192.0.2.1:80", "ws://").loopback());
  EXPECT_FALSE(find_target("ws://[::1]:80", "ws://").loopback());
}

TEST(target_test, refuses_other_urls) {
  for (auto url : {"", "ws://", "ws://host", "ws://host:", "ws://:80",
                   "ws://host:port", "wss://host:80", "host:80"})
    EXPECT_THROW(find_target(url, "ws://"), usage_error) << url;
}

TEST(target_test, says_that_a_host_is_unknown) {
  EXPECT_THROW(find_target("ws://nowhere.invalid:80", "ws://"), load_error);
}

TEST(target_test, names_the_limit_of_open_files) {
  try {
    allow_connections(2'000'000'000);
    FAIL();
  } catch (const load_error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("RLIMIT_NOFILE"), std::string::npos) << text;
    EXPECT_NE(text.find("ulimit -n 2000000032"), std::string::npos) << text;
  }
}

} // namespace net::load
