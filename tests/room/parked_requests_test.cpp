#include "actors/room/shard/parked_requests.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace std::chrono_literals;
using parked = actors::parked_requests<std::string>;

const parked::time_point start{};

class parked_requests_test : public ::testing::Test {
protected:
  static constexpr std::size_t max = 3;

  static parked::entry request(const std::string& name) {
    return {std::make_shared<std::string>(name), {}};
  }

  bool add(const std::string& name, parked::time_point deadline) {
    auto x = request(name);
    return waiting.add(x, max, deadline);
  }

  static std::string names(const std::vector<parked::entry>& entries) {
    std::string result;
    for (const auto& x : entries)
      result += *x.request;
    return result;
  }

  parked waiting;
};

TEST_F(parked_requests_test, gives_all_in_order) {
  add("a", start + 1s);
  add("b", start + 1s);
  add("c", start + 2s);
  EXPECT_EQ(waiting.size(), 3u);
  EXPECT_EQ(names(waiting.take_all()), "abc");
  EXPECT_TRUE(waiting.empty());
}

TEST_F(parked_requests_test, gives_those_whose_time_has_come) {
  add("a", start + 1s);
  add("b", start + 2s);
  EXPECT_EQ(waiting.next(), start + 1s);
  EXPECT_EQ(names(waiting.take_due(start + 999ms)), "");
  EXPECT_EQ(names(waiting.take_due(start + 1s)), "a");
  EXPECT_EQ(waiting.next(), start + 2s);
  EXPECT_EQ(waiting.size(), 1u);
}

TEST_F(parked_requests_test, leaves_what_is_too_much_with_its_owner) {
  for (const auto* name : {"a", "b", "c"})
    EXPECT_TRUE(add(name, start + 1s));
  auto fourth = request("d");
  EXPECT_FALSE(waiting.add(fourth, max, start + 1s));
  EXPECT_EQ(*fourth.request, "d");
  EXPECT_EQ(names(waiting.take_all()), "abc");
}

TEST_F(parked_requests_test, takes_what_has_waited_back_with_its_deadline) {
  for (const auto* name : {"a", "b", "c"})
    add(name, start + 1s);
  auto again = waiting.take_all();
  for (const auto* name : {"d", "e", "f"})
    add(name, start + 2s);
  for (auto& x : again)
    EXPECT_TRUE(waiting.add(x, max, start + 9s));
  EXPECT_EQ(names(waiting.take_due(start + 1s)), "abc");
  EXPECT_EQ(names(waiting.take_due(start + 2s)), "def");
}

} // namespace
