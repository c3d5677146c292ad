#include "actors/cluster/membership/dial_plan.hpp"

#include <gtest/gtest.h>

using namespace actors;
using namespace std::chrono_literals;

namespace {

using addresses = std::vector<std::string>;

class dial_plan_test : public ::testing::Test {
protected:
  dial_plan::time_point now{1h};
  dial_plan plan{{100ms, 1000ms, 10'000ms}, 3};
};

TEST_F(dial_plan_test, dials_what_is_wanted_at_once_and_once) {
  plan.want({"a:1", "b:1"}, now);
  EXPECT_EQ(plan.take_due(now), (addresses{"a:1", "b:1"}));
  EXPECT_EQ(plan.take_due(now), addresses{});
  EXPECT_EQ(plan.under_way(), (addresses{"a:1", "b:1"}));
}

TEST_F(dial_plan_test, backs_off_up_to_the_last_delay) {
  plan.want({"a:1"}, now);
  auto expected = 100ms;
  for (int i = 0; i < 8; ++i) {
    ASSERT_EQ(plan.take_due(now).size(), 1u);
    plan.failed("a:1", now);
    const auto wait = *plan.next_due() - now;
    EXPECT_GE(wait, expected / 2);
    EXPECT_LE(wait, expected);
    EXPECT_TRUE(plan.take_due(now + wait - 1ms).empty());
    now += wait;
    expected = std::min(2 * expected, 1000ms);
  }
}

TEST_F(dial_plan_test, does_not_dial_what_is_connected) {
  plan.want({"a:1"}, now);
  plan.take_due(now);
  plan.connected("a:1");
  EXPECT_FALSE(plan.next_due());
  EXPECT_TRUE(plan.take_due(now + 1h).empty());
  plan.lost("a:1", now);
  EXPECT_EQ(plan.take_due(now + 100ms), addresses{"a:1"});
}

TEST_F(dial_plan_test, keeps_long_delays_until_all_is_well) {
  plan.want({"a:1"}, now);
  for (int i = 0; i < 6; ++i) { // connects, but is thrown out each time
    now += 1000ms;
    plan.take_due(now);
    plan.connected("a:1");
    plan.lost("a:1", now);
  }
  EXPECT_GE(*plan.next_due() - now, 500ms);
  now += 1000ms;
  plan.take_due(now);
  plan.connected("a:1");
  plan.settled("a:1");
  plan.lost("a:1", now);
  EXPECT_LE(*plan.next_due() - now, 100ms);
}

TEST_F(dial_plan_test, gives_up_an_attempt_that_nobody_answers_for) {
  plan.want({"a:1"}, now);
  plan.take_due(now);
  now += 10s;
  EXPECT_TRUE(plan.take_due(now).empty());
  EXPECT_EQ(plan.take_due(now + 100ms), addresses{"a:1"});
}

TEST_F(dial_plan_test, forgets_what_is_no_longer_wanted) {
  plan.want({"a:1", "b:1"}, now);
  plan.want({"b:1"}, now);
  EXPECT_EQ(plan.take_due(now), addresses{"b:1"});
  plan.failed("a:1", now); // late
  EXPECT_FALSE(plan.wants("a:1"));
}

TEST_F(dial_plan_test, keeps_what_it_knows_of_what_stays_wanted) {
  plan.want({"a:1"}, now);
  plan.take_due(now);
  plan.want({"a:1", "b:1"}, now);
  EXPECT_EQ(plan.take_due(now), addresses{"b:1"});
}

} // namespace
