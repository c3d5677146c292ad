#include "net/load/histogram.hpp"

#include <gtest/gtest.h>

namespace net::load {

TEST(histogram_test, is_exact_for_small_values) {
  histogram h;
  for (std::uint64_t i = 1; i <= 100; ++i)
    h.record(i);
  EXPECT_EQ(h.count(), 100u);
  EXPECT_EQ(h.percentile(1), 1u);
  EXPECT_EQ(h.percentile(50), 50u);
  EXPECT_EQ(h.percentile(99), 99u);
  EXPECT_EQ(h.percentile(100), 100u);
  EXPECT_EQ(h.max(), 100u);
}

TEST(histogram_test, errs_by_less_than_a_hundredth_for_large_values) {
  for (std::uint64_t value : {129ULL, 1'000ULL, 123'456'789ULL,
                              100'000'000'007ULL, (1ULL << 40) - 1}) {
    histogram h;
    h.record(value);
    h.record(~0ULL >> 1);
    auto found = static_cast<double>(h.percentile(50));
    EXPECT_GE(found, static_cast<double>(value));
    EXPECT_LT(found, static_cast<double>(value) * 1.01);
  }
}

TEST(histogram_test, never_says_more_than_the_maximum) {
  histogram h;
  h.record(1'000'003);
  EXPECT_EQ(h.percentile(99), 1'000'003u);
}

TEST(histogram_test, counts_what_is_beyond_its_range) {
  histogram h;
  h.record(1ULL << 50);
  EXPECT_EQ(h.count(), 1u);
  EXPECT_EQ(h.max(), 1ULL << 50);
  EXPECT_GE(h.percentile(50), (1ULL << 40) - 1);
}

TEST(histogram_test, finds_the_few_slow_ones) {
  histogram h;
  for (int i = 0; i < 989; ++i)
    h.record(10);
  for (int i = 0; i < 11; ++i)
    h.record(100);
  EXPECT_EQ(h.percentile(98.9), 10u);
  EXPECT_EQ(h.percentile(99), 100u);
}

TEST(histogram_test, adds_another) {
  histogram a;
  histogram b;
  a.record(1);
  b.record(3);
  b.record(5);
  a.add(b);
  EXPECT_EQ(a.count(), 3u);
  EXPECT_EQ(a.percentile(50), 3u);
  EXPECT_EQ(a.max(), 5u);
  EXPECT_DOUBLE_EQ(a.mean(), 3);
}

TEST(histogram_test, knows_nothing_when_empty) {
  histogram h;
  h.record(7);
  h.clear();
  EXPECT_EQ(h.count(), 0u);
  EXPECT_EQ(h.percentile(99), 0u);
  EXPECT_EQ(h.max(), 0u);
  EXPECT_EQ(h.mean(), 0);
}

} // namespace net::load
