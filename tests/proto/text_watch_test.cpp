#include "proto/client.pb.h"
#include "proto/text_watch.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace proto {
namespace {

roost::client::ConnectRequest named(const std::string& name) {
  roost::client::ConnectRequest request;
  request.set_name(name);
  return request;
}

TEST(text_watch_test, sees_bad_text_that_is_written) {
  const text_watch before;
  EXPECT_FALSE(named("café").SerializeAsString().empty());
  EXPECT_FALSE(before.saw_bad_text());
  EXPECT_FALSE(named("caf\xc3").SerializeAsString().empty());
  EXPECT_TRUE(before.saw_bad_text());
  const text_watch after;
  EXPECT_FALSE(after.saw_bad_text());
}

TEST(text_watch_test, sees_bad_text_that_is_read) {
  const text_watch watch;
  roost::client::ConnectRequest request;
  EXPECT_FALSE(request.ParseFromString("\x22\x01\xff")); // field 4: name
  EXPECT_TRUE(watch.saw_bad_text());
}

TEST(text_watch_test, sees_its_own_thread_alone) {
  const text_watch watch;
  std::thread{[] {
    named("\xff").SerializeAsString();
  }}.join();
  EXPECT_FALSE(watch.saw_bad_text());
}

} // namespace
} // namespace proto
