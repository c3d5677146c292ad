#include "tests/room/replication_world.hpp"

namespace {

using replication_test::replication_world;

/// Each test takes so many seeds, so that several run at once.
constexpr unsigned seeds_of_a_test = 100;

class replication_seeds_test : public testing::TestWithParam<unsigned> {
protected:
  static void run(unsigned seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    replication_world world{seed};
    for (int i = 0; i < 1'000 && !HasFatalFailure(); ++i)
      world.step();
    ASSERT_FALSE(HasFatalFailure());
    world.settle();
    ASSERT_FALSE(HasFatalFailure());
    world.compare();
    EXPECT_GT(world.truth.size(), 20u); // else it shows nothing
    EXPECT_GT(world.caught_up, 0);
  }
};

TEST_P(replication_seeds_test, never_diverge_nor_lose_what_is_committed) {
  const auto first = 1 + GetParam() * seeds_of_a_test;
  for (auto seed = first; seed < first + seeds_of_a_test; ++seed) {
    run(seed);
    if (HasFailure())
      return;
  }
}

INSTANTIATE_TEST_SUITE_P(hundreds, replication_seeds_test,
                         testing::Range(0u, 20u));

} // namespace
