#include "actors/client/connection/subscription_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace {

using namespace actors;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class subscription_table_test : public ::testing::Test {
protected:
  using time_point = subscription_table::time_point;

  void add(const std::string& room, time_point due = time_point::max()) {
    subscription entry;
    entry.due = due;
    all_.add(room, std::move(entry));
  }

  void add_active(const std::string& room, time_point due = time_point::max()) {
    add(room, due);
    all_.activate(*all_.find(room));
  }

  void add_from_token(const std::string& room) {
    add_active(room);
    all_.find(room)->from_token = true;
  }

  const time_point now_{1h};
  gauge active_;
  subscription_table all_{active_};
};

TEST_F(subscription_table_test,
       has_one_under_way_until_the_audience_lets_it_in) {
  add("a");
  EXPECT_TRUE(all_.is_under_way("a"));
  EXPECT_FALSE(all_.is_active("a"));
  EXPECT_EQ(all_.under_way(), 1u);

  all_.activate(*all_.find("a"));
  EXPECT_FALSE(all_.is_under_way("a"));
  EXPECT_TRUE(all_.is_active("a"));
  EXPECT_EQ(all_.under_way(), 0u);
}

TEST_F(subscription_table_test, knows_nothing_of_other_rooms) {
  EXPECT_EQ(all_.find("a"), nullptr);
  EXPECT_FALSE(all_.is_under_way("a"));
  EXPECT_FALSE(all_.is_active("a"));
}

TEST_F(subscription_table_test, counts_the_active_ones_in_the_gauge) {
  add("a");
  add_active("b");
  add_active("c");
  EXPECT_EQ(active_.value(), 2);

  all_.remove("a");
  EXPECT_EQ(active_.value(), 2);
  all_.remove("b");
  EXPECT_EQ(active_.value(), 1);
  all_.remove("b");
  EXPECT_EQ(active_.value(), 1);
  EXPECT_EQ(all_.size(), 1u);
}

TEST_F(subscription_table_test, names_those_whose_time_has_come) {
  add_active("a");
  EXPECT_EQ(all_.next_due(), time_point::max());

  add_active("c", now_);
  add_active("b", now_);
  add_active("d", now_ + 1s);

  EXPECT_EQ(all_.next_due(), now_);
  EXPECT_THAT(all_.due(now_ - 1ns), IsEmpty());
  EXPECT_THAT(all_.due(now_), ElementsAre("b", "c"));
  EXPECT_THAT(all_.due(now_ + 1s), ElementsAre("b", "c", "d"));
}

TEST_F(subscription_table_test, ends_none_that_is_under_way) {
  add("a", now_);
  EXPECT_EQ(all_.next_due(), time_point::max());
  EXPECT_THAT(all_.due(now_), IsEmpty());

  all_.activate(*all_.find("a"));
  EXPECT_EQ(all_.next_due(), now_);
  EXPECT_THAT(all_.due(now_), ElementsAre("a"));
}

TEST_F(subscription_table_test, compares_with_a_token_by_the_rooms_it_names) {
  connection_claims claims;
  EXPECT_TRUE(all_.same_as_in(claims));

  add_active("own"); // no matter of the token
  add_from_token("a");
  add_from_token("b");
  EXPECT_FALSE(all_.same_as_in(claims));
  claims.channels = {"a", "b"};
  EXPECT_TRUE(all_.same_as_in(claims));
  claims.subs["b"]; // named twice is named
  EXPECT_TRUE(all_.same_as_in(claims));
  claims.channels = {"a", "c"};
  EXPECT_FALSE(all_.same_as_in(claims));
  claims.channels = {"a"};
  EXPECT_TRUE(all_.same_as_in(claims));
  claims.channels = {"own"};
  EXPECT_FALSE(all_.same_as_in(claims));
}

} // namespace
