#include "net/poll/poll_queue.hpp"

#include <gtest/gtest.h>

#include <string>

namespace net {

namespace {

proto::frame_ptr frame_of(std::string_view payload) {
  return proto::frame::make(proto::wire_format::json, payload);
}

/// The next answer as "NUMBER:PAYLOADS".
std::string give(poll_queue& queue) {
  const auto answer = queue.give();
  auto out = std::to_string(answer.number) + ':';
  for (const auto& frame : answer.frames)
    out += frame->payload();
  return out;
}

} // namespace

TEST(poll_order_test, knows_what_follows_and_what_was_the_last) {
  EXPECT_EQ(order_of(1, 0), poll_order::next);
  EXPECT_EQ(order_of(0, 0), poll_order::wrong);
  EXPECT_EQ(order_of(2, 0), poll_order::wrong);
  EXPECT_EQ(order_of(7, 6), poll_order::next);
  EXPECT_EQ(order_of(6, 6), poll_order::again);
  EXPECT_EQ(order_of(5, 6), poll_order::wrong);
  EXPECT_EQ(order_of(8, 6), poll_order::wrong);
}

TEST(poll_queue_test, gives_what_came_together_in_one_answer) {
  poll_queue queue;
  EXPECT_EQ(queue.ask(1), poll_order::next);
  EXPECT_TRUE(queue.empty());
  queue.push(frame_of("a"));
  queue.push(frame_of("bc"));
  EXPECT_EQ(queue.waiting_bytes(), 3u);
  EXPECT_EQ(give(queue), "1:abc");
  EXPECT_TRUE(queue.gave_all());
  EXPECT_EQ(queue.waiting_bytes(), 0u);
  EXPECT_EQ(queue.kept_bytes(), 3u);
}

TEST(poll_queue_test, gives_the_same_answer_until_the_next_is_asked_for) {
  poll_queue queue;
  queue.push(frame_of("a"));
  EXPECT_EQ(queue.ask(1), poll_order::next);
  EXPECT_EQ(give(queue), "1:a");
  queue.push(frame_of("b"));
  EXPECT_EQ(queue.ask(1), poll_order::again);
  EXPECT_EQ(give(queue), "1:a");
  EXPECT_FALSE(queue.gave_all());
  EXPECT_EQ(queue.ask(3), poll_order::wrong);
  EXPECT_EQ(queue.ask(2), poll_order::next);
  EXPECT_EQ(queue.kept_bytes(), 0u);
  EXPECT_EQ(give(queue), "2:b");
  EXPECT_EQ(queue.ask(1), poll_order::wrong);
}

TEST(poll_queue_test, asks_for_the_next_as_often_as_nothing_came) {
  poll_queue queue;
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(queue.ask(1), poll_order::next);
  queue.push(frame_of("a"));
  EXPECT_EQ(give(queue), "1:a");
}

TEST(poll_queue_test, bounds_an_answer_but_cuts_no_frame) {
  poll_queue queue;
  const auto half = frame_of(std::string(poll_queue::max_answer / 2, 'x'));
  const auto large = frame_of(std::string(poll_queue::max_answer + 1, 'y'));
  for (const auto& frame : {half, half, half, large})
    queue.push(frame);
  EXPECT_EQ(queue.ask(1), poll_order::next);
  EXPECT_EQ(queue.give().frames.size(), 2u);
  EXPECT_EQ(queue.ask(2), poll_order::next);
  EXPECT_EQ(queue.give().frames.size(), 1u);
  EXPECT_EQ(queue.ask(3), poll_order::next);
  EXPECT_EQ(queue.give().frames.size(), 1u);
  EXPECT_EQ(queue.kept_bytes(), poll_queue::max_answer + 1);
  EXPECT_EQ(queue.ask(4), poll_order::next);
  EXPECT_TRUE(queue.empty());
}

TEST(poll_queue_test, forgets_what_waits_but_not_what_was_given) {
  poll_queue queue;
  queue.push(frame_of("a"));
  give(queue);
  queue.push(frame_of("b"));
  queue.drop_waiting();
  EXPECT_EQ(queue.waiting_bytes(), 0u);
  queue.push(frame_of("c"));
  EXPECT_EQ(queue.ask(1), poll_order::again);
  EXPECT_EQ(give(queue), "1:a");
  EXPECT_EQ(queue.ask(2), poll_order::next);
  EXPECT_EQ(give(queue), "2:c");
  queue.clear();
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.kept_bytes(), 0u);
}

} // namespace net
