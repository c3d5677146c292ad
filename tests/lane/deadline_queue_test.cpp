#include "actors/lane/deadline_queue.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace std::chrono_literals;
using queue = actors::deadline_queue<std::string>;

const queue::time_point start{};

TEST(deadline_queue_test, gives_what_is_due_and_nothing_else) {
  queue x;
  x.add(start + 1s, "a");
  x.add(start + 2s, "b");
  EXPECT_EQ(x.next(), start + 1s);
  EXPECT_EQ(x.take_due(start + 999ms), std::nullopt);
  EXPECT_EQ(x.take_due(start + 1s), "a");
  EXPECT_EQ(x.take_due(start + 1s), std::nullopt);
  EXPECT_EQ(x.next(), start + 2s);
}

TEST(deadline_queue_test, puts_an_earlier_deadline_before_later_ones) {
  queue x;
  x.add(start + 2s, "b");
  x.add(start + 3s, "c");
  x.add(start + 1s, "a");
  x.add(start + 2s, "b2");
  for (const auto* expected : {"a", "b", "b2", "c"})
    EXPECT_EQ(x.take_due(start + 3s), expected);
  EXPECT_TRUE(x.empty());
}

TEST(deadline_queue_test, has_no_next_deadline_when_it_is_empty) {
  queue x;
  EXPECT_EQ(x.next(), queue::time_point::max());
  EXPECT_EQ(x.take_due(queue::time_point::max()), std::nullopt);
}

TEST(deadline_queue_test, forgets_the_first_that_are_done) {
  queue x;
  x.add(start + 1s, "done");
  x.add(start + 2s, "open");
  x.add(start + 3s, "done");
  x.drop_while([](const auto& what) { return what == "done"; });
  EXPECT_EQ(x.size(), 2u);
  EXPECT_EQ(x.take_due(start + 3s), "open");
  EXPECT_EQ(x.take_due(start + 3s), "done");
}

} // namespace
