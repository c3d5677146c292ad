#include "actors/raft/raft_node.hpp"
#include "proto/raft.pb.h"
#include "tests/raft/memory_storage.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

// What C-Raft 0.15 gets wrong and the engine makes good, one test each: a
// member by itself, and the others by hand.

namespace actors {
namespace {

using roost::raft::Entry;
using roost::raft::RaftFrame;
using std::chrono::milliseconds;

class raft_guard_test : public testing::Test {
protected:
  raft_guard_test() {
    options_.snapshot_threshold = 4;
    options_.snapshot_trailing = 1;
    start();
  }

  void start() {
    node_.reset();
    raft_hooks hooks;
    hooks.send = [this](const std::string& to, std::string bytes) {
      auto& frame = sent_.emplace_back();
      ASSERT_TRUE(frame.ParseFromString(bytes));
      EXPECT_EQ(frame.to(), group_.find(to)->id);
    };
    hooks.apply = [](std::uint64_t, std::string_view) {
    };
    hooks.snapshot = [] {
      return std::string("state");
    };
    hooks.restore = [](std::string_view) {
    };
    hooks.random = [] {
      return 0;
    };
    node_ = std::make_unique<raft_node>(group_, "a",
                                        std::make_unique<memory_storage>(disk_),
                                        options_, hooks, clock());
  }

  raft_node::clock::time_point clock() const {
    return raft_node::clock::time_point{now_};
  }

  /// Lets time pass in small ticks.
  void pass(milliseconds time) {
    for (const auto end = now_ + time; now_ < end;) {
      now_ += milliseconds{10};
      node_->tick(clock());
    }
  }

  RaftFrame from(const std::string& name, std::uint64_t term) {
    RaftFrame x;
    x.set_group(group_.digest());
    x.set_from(group_.find(name)->id);
    x.set_to(group_.find("a")->id);
    x.set_term(term);
    return x;
  }

  /// What the node answers.
  std::vector<RaftFrame> deliver(const std::string& name, const RaftFrame& x) {
    sent_.clear();
    node_->deliver(name, x.SerializeAsString(), clock());
    return std::exchange(sent_, {});
  }

  RaftFrame append(const std::string& name, std::uint64_t term,
                   std::uint64_t prev_index, std::uint64_t prev_term,
                   std::uint64_t commit, int entries) {
    auto out = from(name, term);
    auto& x = *out.mutable_append_entries();
    x.set_prev_log_index(prev_index);
    x.set_prev_log_term(prev_term);
    x.set_leader_commit(commit);
    for (int i = 0; i < entries; ++i) {
      auto& entry = *x.add_entries();
      entry.set_term(term);
      entry.set_type(Entry::COMMAND);
      entry.set_data("x");
    }
    return out;
  }

  /// Makes it the leader, with the vote of b.
  void win() {
    sent_.clear();
    pass(2 * options_.election_timeout + milliseconds{100});
    for (const bool pre : {true, false}) {
      ASSERT_FALSE(sent_.empty());
      ASSERT_TRUE(sent_.back().has_request_vote());
      ASSERT_EQ(sent_.back().request_vote().pre_vote(), pre);
      auto vote = from("b", sent_.back().term());
      vote.mutable_request_vote_result()->set_granted(true);
      vote.mutable_request_vote_result()->set_pre_vote(pre);
      sent_.clear();
      node_->deliver("b", vote.SerializeAsString(), clock());
    }
    ASSERT_EQ(node_->leader(), "a");
  }

  const raft_group group_{{"a", "b", "c"}};
  raft_options options_;
  milliseconds now_{1000};
  std::shared_ptr<memory_disk> disk_ = std::make_shared<memory_disk>();
  std::unique_ptr<raft_node> node_;
  std::vector<RaftFrame> sent_;
};

TEST_F(raft_guard_test, vouches_for_what_the_leader_sent_and_no_more) {
  // Given entries 2 and 3 of a leader that is gone
  deliver("b", append("b", 2, 1, 1, 1, 2));
  ASSERT_EQ(disk_->state->entries.size(), 3u);
  // When a new leader asks about entry 1
  const auto answers = deliver("c", append("c", 3, 1, 1, 1, 0));
  // Then the answer is about entry 1
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].append_entries_result().rejected(), 0u);
  EXPECT_EQ(answers[0].append_entries_result().last_log_index(), 1u);
}

TEST_F(raft_guard_test, decides_only_as_far_as_the_leader_sent) {
  deliver("b", append("b", 2, 1, 1, 1, 2));
  deliver("c", append("c", 3, 1, 1, 3, 0));
  EXPECT_EQ(node_->commit_index(), 1u);
}

TEST_F(raft_guard_test, counts_no_copies_of_entries_of_an_older_term) {
  // Given a leader whose last entry is of a leader before it
  deliver("b", append("b", 2, 1, 1, 1, 1));
  win();
  ASSERT_EQ(disk_->state->entries.size(), 3u) << "its own entry is missing";
  // When a majority has the old entry
  auto copy = from("c", node_->term());
  copy.mutable_append_entries_result()->set_last_log_index(2);
  deliver("c", copy);
  // Then nothing is decided, until it has one of its own
  EXPECT_EQ(node_->commit_index(), 1u);
  EXPECT_FALSE(node_->leads());
  copy.mutable_append_entries_result()->set_last_log_index(3);
  deliver("c", copy);
  EXPECT_EQ(node_->commit_index(), 3u);
  EXPECT_TRUE(node_->leads());
}

TEST_F(raft_guard_test, tells_its_term_to_who_asks_for_one_of_the_past) {
  deliver("b", append("b", 9, 1, 1, 1, 0));
  pass(milliseconds{1100}); // it gives up on b
  auto ask = from("c", 5);
  ask.mutable_request_vote()->set_last_log_index(1);
  ask.mutable_request_vote()->set_last_log_term(1);
  ask.mutable_request_vote()->set_pre_vote(true);
  const auto answers = deliver("c", ask);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_FALSE(answers[0].request_vote_result().granted());
  EXPECT_EQ(answers[0].term(), 9u);
}

TEST_F(raft_guard_test, a_restarted_member_elects_nobody_for_a_while) {
  deliver("b", append("b", 2, 1, 1, 1, 0)); // promised to b
  start();
  auto ask = from("c", 3);
  ask.mutable_request_vote()->set_last_log_index(1);
  ask.mutable_request_vote()->set_last_log_term(1);
  now_ += options_.election_timeout - milliseconds{1};
  EXPECT_TRUE(deliver("c", ask).empty());
  now_ += milliseconds{1};
  const auto answers = deliver("c", ask);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_TRUE(answers[0].request_vote_result().granted());
}

TEST_F(raft_guard_test, takes_what_follows_its_snapshot_from_any_leader) {
  // Given a snapshot of all entries up to 6, the last of which alone is kept
  deliver("b", append("b", 2, 1, 1, 1, 5));
  deliver("b", append("b", 2, 6, 2, 6, 0));
  ASSERT_TRUE(disk_->state->snapshot);
  ASSERT_EQ(disk_->state->snapshot->index, 6u);
  // When a leader begins before it
  auto again = append("b", 2, 3, 2, 6, 5);
  const auto answers = deliver("b", again);
  // Then the rest is taken
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].append_entries_result().rejected(), 0u);
  EXPECT_EQ(answers[0].append_entries_result().last_log_index(), 8u);
}

TEST_F(raft_guard_test, a_second_leader_of_a_term_is_not_heard) {
  win();
  const auto refused = node_->refused_frames();
  EXPECT_TRUE(deliver("b", append("b", node_->term(), 1, 1, 1, 0)).empty());
  EXPECT_EQ(node_->refused_frames(), refused + 1);
  EXPECT_EQ(node_->leader(), "a");
}

TEST_F(raft_guard_test, no_leader_changes_the_group) {
  auto change = append("b", 2, 1, 1, 1, 1);
  auto& entry = *change.mutable_append_entries()->mutable_entries(0);
  entry.set_type(Entry::CONFIGURATION);
  entry.set_data(std::string(200, '\xff'));
  deliver("b", change);
  EXPECT_EQ(node_->refused_frames(), 1u);
  EXPECT_EQ(disk_->state->entries.size(), 1u);
}

} // namespace
} // namespace actors
