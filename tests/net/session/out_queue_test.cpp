#include "net/session/out_queue.hpp"

#include <gtest/gtest.h>

#include <string>

namespace net {

namespace {

/// Takes everything that `queue` has.
std::string drain(out_queue& queue) {
  std::string out;
  while (!queue.empty()) {
    std::string part;
    queue.copy(part, queue.bytes());
    queue.consume(part.size());
    out += part;
  }
  return out;
}

proto::frame_ptr frame_of(std::string_view payload) {
  return proto::frame::make(proto::wire_format::json, payload);
}

} // namespace

TEST(out_queue_test, gives_what_it_was_given_in_order) {
  out_queue queue;
  queue.push(std::string{"one "});
  const auto shared = frame_of("two");
  queue.push(shared);
  queue.push(std::string{" three"});

  EXPECT_EQ(queue.bytes(), 4 + shared->wire().size() + 6);
  EXPECT_EQ(drain(queue), "one " + std::string{shared->wire()} + " three");
  EXPECT_TRUE(queue.empty());
}

TEST(out_queue_test, keeps_every_pong_up_to_the_limit) {
  out_queue queue;
  for (const char* pong : {"aa", "bb", "cc"})
    queue.push_pong(pong, 6);

  EXPECT_EQ(queue.bytes(), 6u);
  EXPECT_EQ(drain(queue), "aabbcc");
}

TEST(out_queue_test, keeps_the_newest_pong_beyond_the_limit) {
  out_queue queue;
  for (const char* pong : {"aa", "bb", "cc", "dddd", "eee"})
    queue.push_pong(pong, 4);

  EXPECT_EQ(queue.bytes(), 4u + 3);
  EXPECT_EQ(drain(queue), "aabbeee");
  EXPECT_TRUE(queue.empty());
}

TEST(out_queue_test, keeps_one_pong_whatever_the_limit) {
  out_queue queue;
  queue.push_pong("aa", 0);
  queue.push_pong("bb", 0);
  queue.push_pong("cc", 0);

  EXPECT_EQ(drain(queue), "aacc");
}

TEST(out_queue_test, has_room_for_pongs_again_once_some_are_written) {
  out_queue queue;
  for (const char* pong : {"aa", "bb", "cc"})
    queue.push_pong(pong, 4);

  queue.consume(3);
  queue.push_pong("dd", 5); // behind the one that was beyond the limit

  EXPECT_EQ(queue.bytes(), 1u + 2 + 2);
  EXPECT_EQ(drain(queue), "bccdd");
}

TEST(out_queue_test, lets_pongs_stay_together_among_frames) {
  out_queue queue;
  queue.push_pong("aa", 100);
  const auto shared = frame_of("data");
  queue.push(shared);
  queue.push_pong("bb", 100);

  EXPECT_EQ(drain(queue), "aabb" + std::string{shared->wire()});
}

TEST(out_queue_test, keeps_memory_within_the_limit_when_pongs_never_run_out) {
  out_queue queue;
  std::string sent;
  std::string taken;
  for (int i = 0; i < 1000; ++i) {
    const auto pong = std::to_string(100 + i % 900);
    queue.push_pong(pong, 12);
    sent += pong;
    if (i < 2)
      continue; // so that some always wait
    std::string part;
    queue.copy(part, 3);
    queue.consume(part.size());
    taken += part;
    EXPECT_LE(queue.bytes(), 12u);
  }
  EXPECT_EQ(taken + drain(queue), sent);
}

TEST(out_queue_test, drops_pongs_with_the_rest_that_was_not_begun) {
  out_queue queue;
  queue.push(std::string{"begun"});
  for (const char* pong : {"aa", "bb"})
    queue.push_pong(pong, 2);
  queue.consume(1);

  queue.drop_unstarted();
  queue.push_pong("cc", 2);

  EXPECT_EQ(queue.bytes(), 4u + 2);
  EXPECT_EQ(drain(queue), "eguncc");
}

TEST(out_queue_test, drops_the_newest_pong_behind_those_that_were_begun) {
  out_queue queue;
  for (const char* pong : {"aa", "bb"})
    queue.push_pong(pong, 2);
  queue.consume(1);

  queue.drop_unstarted();

  EXPECT_EQ(queue.bytes(), 1u);
  EXPECT_EQ(drain(queue), "a");
}

} // namespace net
