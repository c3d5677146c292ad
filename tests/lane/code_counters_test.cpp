#include "actors/lane/code_counters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace {

using counters = actors::code_counters<actors::code_range{100, 3},
                                       actors::code_range{3500, 2}>;

TEST(code_counters_test, counts_each_code_of_a_range_by_itself) {
  counters x;

  x.add(100);
  x.add(102);
  x.add(102);
  x.add(3501);

  EXPECT_EQ(x.value(100), 1u);
  EXPECT_EQ(x.value(101), 0u);
  EXPECT_EQ(x.value(102), 2u);
  EXPECT_EQ(x.value(3500), 0u);
  EXPECT_EQ(x.value(3501), 1u);
  EXPECT_EQ(x.others(), 0u);
}

TEST(code_counters_test, counts_all_others_together) {
  counters x;

  for (const std::uint32_t code : {0u, 99u, 103u, 3499u, 3502u, 4000000000u})
    x.add(code);

  EXPECT_EQ(x.others(), 6u);
  EXPECT_EQ(x.value(99), 6u);
  counters::each_code([&](std::uint32_t code) { //
    EXPECT_EQ(x.value(code), 0u) << code;
  });
}

TEST(code_counters_test, names_the_codes_in_order) {
  std::vector<std::uint32_t> codes;

  counters::each_code([&](std::uint32_t code) { codes.push_back(code); });

  EXPECT_THAT(codes, ::testing::ElementsAre(100, 101, 102, 3500, 3501));
}

} // namespace
