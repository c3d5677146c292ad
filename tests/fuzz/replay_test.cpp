#include "tests/fuzz/corpus_test.hpp"

// What the fuzzers start from, and what they found once.

namespace fuzz {
namespace {

class replay_test : public corpus_test {};

TEST_P(replay_test, keeps_its_promises_for_every_input_that_is_kept) {
  const auto inputs = corpus_of(GetParam());
  EXPECT_FALSE(inputs.empty());
  for (const auto& x : inputs)
    GetParam().run(x);
}

INSTANTIATE_TEST_SUITE_P(targets, replay_test,
                         testing::ValuesIn(targets().begin(), targets().end()),
                         name_of_target);

} // namespace
} // namespace fuzz
