#include "net/load/sequence.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace net::load {

namespace {

sequence_counts after(std::initializer_list<std::uint64_t> numbers) {
  sequence s;
  sequence_counts counts;
  for (auto n : numbers)
    s.see(n, counts);
  return counts;
}

} // namespace

TEST(sequence_test, finds_nothing_in_a_row) {
  EXPECT_EQ(after({0, 1, 2, 3}), (sequence_counts{}));
}

TEST(sequence_test, counts_numbers_passed_over) {
  EXPECT_EQ(after({0, 3, 5}), (sequence_counts{.skipped = 3}));
}

TEST(sequence_test, misses_the_first_ones_too) {
  EXPECT_EQ(after({2}), (sequence_counts{.skipped = 2}));
}

TEST(sequence_test, takes_back_a_number_that_comes_late) {
  EXPECT_EQ(after({0, 2, 1, 3}), (sequence_counts{.out_of_order = 1}));
}

TEST(sequence_test, tells_a_duplicate_from_a_late_number) {
  EXPECT_EQ(after({0, 1, 1, 3, 2, 2, 0}),
            (sequence_counts{.duplicates = 3, .out_of_order = 1}));
}

TEST(sequence_test, remembers_the_last_sixty_four) {
  sequence s;
  sequence_counts counts;
  for (std::uint64_t n = 1; n < 65; ++n)
    s.see(n, counts);
  ASSERT_EQ(counts, (sequence_counts{.skipped = 1}));
  // 0 is 64 back by now: too old to be known as missing.
  s.see(0, counts);
  EXPECT_EQ(counts, (sequence_counts{.skipped = 1, .duplicates = 1}));
}

TEST(sequence_test, forgets_all_behind_a_large_gap) {
  EXPECT_EQ(
      after({0, 100, 99, 98, 99}),
      (sequence_counts{.skipped = 97, .duplicates = 1, .out_of_order = 2}));
}

} // namespace net::load
