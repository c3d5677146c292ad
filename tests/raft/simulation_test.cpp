#include "actors/raft/sqlite_storage.hpp"
#include "tests/raft/raft_world.hpp"
#include "tests/raft/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

// Runs of whole groups under trouble, by seed. RAFT_SEEDS=100000 RAFT_FROM=1
// runs others than the fixed set.

namespace actors {
namespace {

using std::chrono::milliseconds;

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// What kind of world a seed is, from calm to rough.
world_rules rules_of(std::uint64_t seed) {
  world_rules x;
  constexpr std::size_t sizes[] = {3, 3, 5, 3, 1, 5, 3, 2};
  x.nodes = sizes[seed % 8];
  const auto kind = seed / 8;
  constexpr double drops[] = {0, 0.02, 0.1, 0.3};
  x.drop = drops[kind % 4];
  x.repeat = kind % 3 == 0 ? 0.2 : 0.02;
  x.detour = kind % 2 == 0 ? 0.02 : 0;
  x.propose = kind % 5 == 0 ? 0.5 : 0.1;
  x.trouble = kind % 7 == 0 ? 0.05 : 0.01;
  x.max_delay = milliseconds{kind % 11 == 0 ? 120 : 15};
  x.options.election_timeout = milliseconds{300};
  x.options.heartbeat = milliseconds{60};
  x.options.snapshot_retry = milliseconds{500};
  x.options.snapshot_threshold = kind % 3 == 1 ? 5 : 40;
  x.options.snapshot_trailing = kind % 4 == 1 ? 1 : 10;
  x.options.max_append_bytes = kind % 6 == 1 ? 60 : 1024 * 1024;
  return x;
}

struct summary {
  std::size_t committed = 0, kills = 0, terms = 0, installs = 0;
};

/// What is wrong with a seed; empty when nothing is.
std::string run(std::uint64_t seed, summary& sum) {
  raft_world world(seed, rules_of(seed));
  world.run(milliseconds{12'000});
  const bool healed = world.wrong().empty() && world.heal(milliseconds{30'000});
  sum.committed += world.committed();
  sum.kills += world.kills();
  sum.terms += world.terms();
  sum.installs += world.installs();
  if (!world.wrong().empty())
    return world.wrong().front();
  return healed ? "" : "the group does not heal";
}

TEST(raft_simulation_test, keeps_its_promises_under_trouble) {
  const auto from = number_from("RAFT_FROM", 1);
  const auto seeds = number_from("RAFT_SEEDS", 400);
  summary sum;
  std::size_t bad = 0;
  for (auto seed = from; seed < from + seeds; ++seed) {
    if (const auto wrong = run(seed, sum); !wrong.empty()) {
      ADD_FAILURE() << "seed " << seed << ": " << wrong;
      if (++bad == 10)
        break;
    }
  }
  std::cout << seeds << " runs: " << sum.committed << " commands committed, "
            << sum.kills << " kills, " << sum.terms << " terms, "
            << sum.installs << " snapshots restored\n";
  // The trouble must be real, else this shows nothing.
  EXPECT_GT(sum.committed, 20 * seeds);
  EXPECT_GT(sum.kills, seeds);
  EXPECT_GT(sum.terms, 2 * seeds);
  EXPECT_GT(sum.installs, seeds);
}

TEST(raft_simulation_test, keeps_its_promises_in_files) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    scratch_folder folder;
    auto rules = rules_of(seed);
    rules.trouble = 0.02;
    rules.storage = [&](std::size_t i) {
      return std::make_unique<sqlite_storage>(folder
                                              / (std::to_string(i) + ".db"));
    };
    raft_world world(seed, rules);
    world.run(milliseconds{8000});
    EXPECT_TRUE(world.heal(milliseconds{30'000})) << "seed " << seed;
    EXPECT_EQ(world.wrong(), std::vector<std::string>{}) << "seed " << seed;
    EXPECT_GT(world.kills(), 0u);
    EXPECT_GT(world.committed(), 5u);
  }
}

TEST(raft_simulation_test, replays_a_seed_exactly) {
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    auto trace = [seed] {
      raft_world world(seed, rules_of(seed));
      world.run(milliseconds{5000});
      return world.trace();
    };
    EXPECT_EQ(trace(), trace()) << "seed " << seed;
  }
  raft_world one(1, rules_of(1));
  raft_world other(9, rules_of(1));
  one.run(milliseconds{1000});
  other.run(milliseconds{1000});
  EXPECT_NE(one.trace(), other.trace());
}

} // namespace
} // namespace actors
