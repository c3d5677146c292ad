#include "actors/client/connection/ping_rhythm.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

namespace {

using namespace std::chrono_literals;
using actors::ping_rhythm;
using move = ping_rhythm::move;

class ping_rhythm_test : public ::testing::Test {
protected:
  void expect(move what, std::chrono::milliseconds next, bool excuse = false) {
    const auto step = pings_.next(25s, patience_, excuse);
    EXPECT_EQ(step.what, what);
    EXPECT_EQ(step.next, next);
  }

  std::chrono::milliseconds patience_ = 8s;
  ping_rhythm pings_;
};

TEST_F(ping_rhythm_test, waits_for_the_pong_and_then_for_the_interval) {
  for (int i = 0; i < 3; ++i) {
    expect(move::ping, 8s);
    EXPECT_TRUE(pings_.on_pong());
    expect(move::wait, 17s);
  }
}

TEST_F(ping_rhythm_test, gives_up_without_a_pong) {
  expect(move::ping, 8s);

  EXPECT_EQ(pings_.next(25s, patience_, false).what, move::give_up);
}

TEST_F(ping_rhythm_test, waits_on_while_there_is_an_excuse) {
  expect(move::ping, 8s);
  expect(move::wait, 8s, true);
  expect(move::wait, 8s, true);

  EXPECT_TRUE(pings_.on_pong());
  expect(move::wait, 17s);
}

TEST_F(ping_rhythm_test, expects_no_pong_without_patience) {
  patience_ = 0s;
  expect(move::ping, 25s);
  expect(move::ping, 25s);
}

TEST_F(ping_rhythm_test, knows_a_pong_that_it_did_not_ask_for) {
  EXPECT_FALSE(pings_.on_pong());
  expect(move::ping, 8s);
  EXPECT_TRUE(pings_.on_pong());
  EXPECT_FALSE(pings_.on_pong());
}

TEST_F(ping_rhythm_test, begins_in_the_second_half_of_the_interval) {
  std::set<std::chrono::milliseconds> times;
  for (int i = 0; i < 100; ++i)
    times.insert(ping_rhythm::first(25s));

  EXPECT_GE(*times.begin(), 12'500ms);
  EXPECT_LT(*times.rbegin(), 25s);
  EXPECT_GT(times.size(), 50u);
}

TEST_F(ping_rhythm_test, begins_even_with_the_shortest_interval) {
  EXPECT_EQ(ping_rhythm::first(1ms), 0ms);
}

} // namespace
