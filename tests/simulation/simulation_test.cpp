#include "tests/simulation/run.hpp"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <set>

namespace {

constexpr std::uint64_t seeds_of_a_test = 20;

class simulation_seeds : public ::testing::TestWithParam<std::uint64_t> {
protected:
  void SetUp() override { spdlog::set_level(spdlog::level::off); }
};

TEST_P(simulation_seeds, break_no_invariant) {
  for (std::uint64_t i = 0; i < seeds_of_a_test; ++i) {
    const auto seed = GetParam() + i;
    const auto x = simulation::run(seed);
    ASSERT_EQ(x.failure, "") << "seed " << seed << " (" << x.plan << ")\n"
                             << x.tail;
  }
}

INSTANTIATE_TEST_SUITE_P(fixed, simulation_seeds,
                         ::testing::Range<std::uint64_t>(1, 201,
                                                         seeds_of_a_test));

TEST(simulation_test, replays_a_seed_to_the_last_event) {
  spdlog::set_level(spdlog::level::off);
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto first = simulation::run(seed);
    const auto again = simulation::run(seed);
    EXPECT_EQ(first.events, again.events) << "seed " << seed;
    EXPECT_EQ(first.hash, again.hash) << "seed " << seed;
    hashes.insert(first.hash);
  }
  EXPECT_EQ(hashes.size(), 5u);
}

} // namespace
