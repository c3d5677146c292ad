#include "actors/raft/raft_node.hpp"
#include "actors/raft/sqlite_storage.hpp"
#include "tests/raft/scratch_folder.hpp"

#include <gtest/gtest.h>

namespace actors {
namespace {

/// A node whose commands go into `state`, on its file.
std::unique_ptr<raft_node> start(const std::string& path,
                                 const std::vector<std::string>& names,
                                 const std::string& self, std::string& state,
                                 const raft_options& options = {}) {
  raft_hooks hooks;
  hooks.send = [](const std::string&, std::string) {
  };
  hooks.apply = [&](std::uint64_t, std::string_view x) {
    state += x;
  };
  hooks.snapshot = [&] {
    return state;
  };
  hooks.restore = [&](std::string_view x) {
    state = std::string(x);
  };
  return std::make_unique<raft_node>(
      raft_group(names), self, std::make_unique<sqlite_storage>(path), options,
      hooks, raft_node::clock::time_point{std::chrono::seconds{1}});
}

/// What a start is refused with.
std::string refusal(const std::string& path,
                    const std::vector<std::string>& names,
                    const std::string& self, const raft_options& options = {}) {
  std::string state;
  try {
    start(path, names, self, state, options);
    return "";
  } catch (const std::exception& x) {
    return x.what();
  }
}

TEST(raft_start_test, one_coordinator_keeps_its_settings_in_a_file) {
  scratch_folder folder;
  std::string state;
  {
    auto node = start(folder / "raft.db", {"a"}, "a", state);
    ASSERT_TRUE(node->leads());
    node->propose(
        "x", [](const auto& x) { EXPECT_EQ(x.end, proposal_end::committed); });
    node->propose("y", nullptr);
  }
  EXPECT_EQ(state, "xy");
  std::string again;
  auto node = start(folder / "raft.db", {"a"}, "a", again);
  EXPECT_EQ(again, "xy");
}

TEST(raft_start_test, one_coordinator_starts_from_its_snapshot) {
  scratch_folder folder;
  raft_options options;
  options.snapshot_threshold = 10;
  options.snapshot_trailing = 3;
  std::string state;
  {
    auto node = start(folder / "raft.db", {"a"}, "a", state, options);
    for (int i = 0; i < 95; ++i)
      node->propose(std::to_string(i) + ' ', nullptr);
  }
  std::string again;
  auto node = start(folder / "raft.db", {"a"}, "a", again, options);
  EXPECT_EQ(again, state);
}

TEST(raft_start_test, the_order_of_the_names_does_not_matter) {
  scratch_folder folder;
  EXPECT_EQ(refusal(folder / "raft.db", {"a", "b", "c"}, "a"), "");
  EXPECT_EQ(refusal(folder / "raft.db", {"c", "b", "a"}, "a"), "");
}

TEST(raft_start_test, refuses_the_file_of_another_member) {
  scratch_folder folder;
  EXPECT_EQ(refusal(folder / "raft.db", {"a", "b", "c"}, "a"), "");
  EXPECT_EQ(refusal(folder / "raft.db", {"a", "b", "c"}, "b"),
            folder / "raft.db" + " belongs to the coordinator a, this is b");
}

TEST(raft_start_test, refuses_the_file_of_another_group) {
  scratch_folder folder;
  EXPECT_EQ(refusal(folder / "raft.db", {"a"}, "a"), "");
  EXPECT_EQ(refusal(folder / "raft.db", {"a", "b", "c"}, "a"),
            folder / "raft.db"
                + " belongs to the coordinators a, configured are a, b, c");
}

TEST(raft_start_test, refuses_a_group_without_sense) {
  scratch_folder folder;
  const auto path = folder / "raft.db";
  EXPECT_EQ(refusal(path, {}, "a"), "a coordinator group needs a member");
  EXPECT_EQ(refusal(path, {"a", "a"}, "a"), "the coordinator a is named twice");
  EXPECT_EQ(refusal(path, {"a", ""}, "a"),
            "a coordinator needs a name without control characters");
  EXPECT_EQ(refusal(path, {"a", "b"}, "c"),
            "c is not one of the coordinators a, b");
}

TEST(raft_start_test, refuses_options_without_sense) {
  scratch_folder folder;
  raft_options options;
  options.heartbeat = options.election_timeout;
  EXPECT_EQ(refusal(folder / "raft.db", {"a"}, "a", options),
            "the election timeout must be at least three heartbeats");
  options = {};
  options.snapshot_trailing = 0;
  EXPECT_EQ(refusal(folder / "raft.db", {"a"}, "a", options),
            "snapshots need entries before and after them");
}

TEST(raft_start_test, a_state_that_cannot_be_restored_ends_the_start) {
  scratch_folder folder;
  raft_options options;
  options.snapshot_threshold = 2;
  std::string state;
  {
    auto node = start(folder / "raft.db", {"a"}, "a", state, options);
    for (int i = 0; i < 9; ++i)
      node->propose("x", nullptr);
  }
  raft_hooks hooks;
  hooks.send = [](const std::string&, std::string) {
  };
  hooks.apply = [](std::uint64_t, std::string_view) {
  };
  hooks.snapshot = [] {
    return std::string();
  };
  hooks.restore = [](std::string_view) {
    throw std::runtime_error("the state is of a newer version");
  };
  try {
    raft_node node(raft_group({"a"}), "a",
                   std::make_unique<sqlite_storage>(folder / "raft.db"),
                   options, hooks, {});
    FAIL();
  } catch (const storage_error& x) {
    EXPECT_STREQ(x.what(), "the state is of a newer version");
  }
}

} // namespace
} // namespace actors
