#include "actors/client/connection/command_queue.hpp"
#include "actors/client/read_cost.hpp"
#include "tests/client/recording_link.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace {

using namespace actors;
using namespace std::chrono_literals;
using client_test_support::recording_link;
using standing = command_queue::standing;

class command_queue_test : public ::testing::Test {
protected:
  standing next() { return queue_.next(now_, unread_); }
  standing next_read() { return queue_.next_read(now_, unread_); }

  std::size_t unread_ = 0;
  command_queue::time_point now_{1h};
  config::node_config config_;
  recording_link link_;
  command_queue queue_{config_};
};

TEST_F(command_queue_test, is_ready_when_there_is_nothing_to_wait_for) {
  EXPECT_EQ(next(), standing::ready);
}

TEST_F(command_queue_test, waits_while_it_is_held) {
  queue_.hold();
  EXPECT_EQ(next(), standing::waits);

  queue_.release();
  EXPECT_EQ(next(), standing::ready);
}

TEST_F(command_queue_test, waits_for_the_answer_of_one_room) {
  queue_.await("a");
  queue_.answered("b");
  EXPECT_EQ(next(), standing::waits);

  queue_.answered("a");
  EXPECT_EQ(next(), standing::ready);
}

TEST_F(command_queue_test, waits_with_too_many_requests_under_way) {
  for (std::uint32_t i = 1; i < command_queue::max_in_flight; ++i)
    queue_.begin_request();
  EXPECT_EQ(next(), standing::ready);

  queue_.begin_request();
  EXPECT_EQ(next(), standing::waits);

  queue_.end_request();
  EXPECT_EQ(next(), standing::ready);
}

TEST_F(command_queue_test, is_paced_beyond_the_rate) {
  config_.client.commands_per_second = 2;
  queue_.take(now_);
  EXPECT_EQ(next(), standing::ready);
  queue_.take(now_);

  EXPECT_EQ(next(), standing::paced);
  EXPECT_EQ(queue_.pace(now_), 500ms);

  now_ += 500ms;
  EXPECT_EQ(next(), standing::ready);
}

TEST_F(command_queue_test, is_too_fast_when_it_never_catches_up) {
  config_.client.commands_per_second = 1;
  for (int i = 0; i < 100; ++i)
    queue_.take(now_);
  EXPECT_EQ(next(), standing::paced);

  now_ += command_queue::max_held_back;
  EXPECT_EQ(next(), standing::paced);

  now_ += 1ms;
  EXPECT_EQ(next(), standing::too_fast);
}

TEST_F(command_queue_test, is_not_too_fast_when_it_has_caught_up) {
  config_.client.commands_per_second = 1;
  queue_.take(now_);
  EXPECT_EQ(next(), standing::paced);
  queue_.catch_up();

  now_ += 1h;
  queue_.take(now_);

  EXPECT_EQ(next(), standing::paced);
}

TEST_F(command_queue_test, gives_back_the_oldest_first) {
  EXPECT_TRUE(queue_.keep("one", link_));
  EXPECT_TRUE(queue_.keep("two", link_));

  auto first = queue_.take_first();
  EXPECT_EQ(first.rest(), "one");
  first.ran_to(2);
  queue_.put_back(std::move(first), link_);
  EXPECT_EQ(queue_.take_first().rest(), "ne");
  EXPECT_EQ(queue_.take_first().rest(), "two");
  EXPECT_TRUE(queue_.empty());
}

TEST_F(command_queue_test, keeps_only_so_many_however_small_they_are) {
  for (std::size_t i = 0; i < command_queue::max_waiting; ++i)
    ASSERT_TRUE(queue_.keep("{}", link_));
  EXPECT_FALSE(queue_.keep("{}", link_));

  queue_.take_first();
  EXPECT_TRUE(queue_.keep("{}", link_));
}

TEST_F(command_queue_test, goes_on_in_a_message_without_copying_it) {
  ASSERT_TRUE(queue_.keep(std::string(1'000, 'x'), link_));
  const char* where = nullptr;
  for (std::size_t left = 1'000; left > 1; --left) {
    auto first = queue_.take_first();
    ASSERT_TRUE(where == nullptr || first.rest().data() == where);
    where = first.rest().data() + 1;
    first.ran_to(left - 1);
    queue_.put_back(std::move(first), link_);
  }
}

TEST_F(command_queue_test, waits_for_the_next_turn_after_a_token) {
  queue_.check_token();
  EXPECT_EQ(next(), standing::waits);
  queue_.begin_turn();
  EXPECT_EQ(next(), standing::ready);
}

TEST_F(command_queue_test, stops_reading_until_it_is_resumed) {
  EXPECT_FALSE(queue_.paused());
  EXPECT_TRUE(queue_.keep("one", link_));
  EXPECT_TRUE(queue_.paused());
  EXPECT_TRUE(link_.paused);

  queue_.resume(link_);
  EXPECT_FALSE(queue_.paused());
  EXPECT_FALSE(link_.paused);
}

TEST_F(command_queue_test, keeps_two_messages_at_most) {
  config_.websocket.message_size_limit = 10;
  const std::string message(10, ' ');

  EXPECT_TRUE(queue_.keep(message, link_));
  EXPECT_TRUE(queue_.keep(message, link_));
  EXPECT_FALSE(queue_.keep(" ", link_));

  // What was taken or let go leaves room
  queue_.take_first();
  EXPECT_TRUE(queue_.keep(message, link_));
  queue_.catch_up();
  EXPECT_TRUE(queue_.empty());
  EXPECT_TRUE(queue_.keep(message + message, link_));
}

// -- what the client has not read ---------------------------------------------

TEST_F(command_queue_test, waits_for_the_client_to_read) {
  config_.client.queue_max_size = 1'000;
  unread_ = 499;
  EXPECT_EQ(next(), standing::ready);

  unread_ = 500; // the other half is for what others say
  EXPECT_EQ(next(), standing::crowded);
  EXPECT_EQ(queue_.low_mark(), 500u);
}

TEST_F(command_queue_test, reads_when_there_is_room_for_the_answer) {
  config_.client.queue_max_size = 1'000; // a page has 250
  unread_ = 249;
  EXPECT_EQ(next_read(), standing::ready);

  unread_ = 250;
  EXPECT_EQ(next(), standing::ready);
  EXPECT_EQ(next_read(), standing::crowded);
  EXPECT_EQ(queue_.low_mark(config_.client.page_bytes()), 250u);
}

TEST_F(command_queue_test, keeps_room_for_answers_under_way) {
  config_.client.queue_max_size = 1'000;
  queue_.begin_read();
  EXPECT_EQ(next_read(), standing::crowded);

  queue_.end_read(0, now_);
  EXPECT_EQ(next_read(), standing::ready);
}

TEST_F(command_queue_test, reads_no_more_than_its_share) {
  config_.client.read_bytes_per_second = 1'000;
  queue_.begin_read();
  queue_.end_read(3'000, now_);
  EXPECT_EQ(next_read(), standing::paced);
  EXPECT_EQ(queue_.read_pace(now_), 2'001ms);
  EXPECT_EQ(next(), standing::ready); // what reads nothing goes on

  now_ += 2'001ms;
  EXPECT_EQ(next_read(), standing::ready);
}

TEST_F(command_queue_test, refuses_reads_that_wait_for_too_long) {
  config_.client.read_bytes_per_second = 1'000;
  queue_.begin_read();
  queue_.end_read(1'000'000, now_);
  EXPECT_EQ(next_read(), standing::paced);

  now_ += max_read_wait;
  EXPECT_EQ(next_read(), standing::paced);

  now_ += 1ms;
  EXPECT_EQ(next_read(), standing::too_fast);
}

TEST_F(command_queue_test, reads_without_bound_where_there_is_none) {
  config_.client.read_bytes_per_second = 0;
  queue_.begin_read();
  queue_.end_read(1'000'000'000, now_);
  EXPECT_EQ(next_read(), standing::ready);
}

} // namespace
