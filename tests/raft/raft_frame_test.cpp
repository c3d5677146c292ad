#include "actors/raft/raft_frame.hpp"
#include "tests/raft/raft_world.hpp"

#include <gtest/gtest.h>

#include <random>

namespace actors {
namespace {

using roost::raft::Entry;
using roost::raft::RaftFrame;
using std::chrono::milliseconds;

constexpr raft_limits limits{1000, 3};

RaftFrame base() {
  RaftFrame x;
  x.set_group(1);
  x.set_from(2);
  x.set_to(3);
  x.set_term(5);
  return x;
}

RaftFrame append_of(std::initializer_list<std::uint64_t> terms) {
  auto x = base();
  auto& append = *x.mutable_append_entries();
  append.set_prev_log_index(7);
  append.set_prev_log_term(2);
  append.set_leader_commit(7);
  for (const auto term : terms) {
    auto& entry = *append.add_entries();
    entry.set_term(term);
    entry.set_type(Entry::COMMAND);
    entry.set_data("x");
  }
  return x;
}

bool is_taken(const RaftFrame& x) {
  return parse_raft_frame(x.SerializeAsString(), limits).has_value();
}

TEST(raft_frame_test, golden_bytes) {
  auto x = base();
  x.set_sent_at(9);
  x.mutable_request_vote()->set_last_log_index(7);
  x.mutable_request_vote()->set_last_log_term(2);
  x.mutable_request_vote()->set_pre_vote(true);
  using namespace std::string_literals;
  EXPECT_EQ(x.SerializeAsString(), "\x09\x01\0\0\0\0\0\0\0"s   // group
                                   "\x11\x02\0\0\0\0\0\0\0"s   // from
                                   "\x19\x03\0\0\0\0\0\0\0"s   // to
                                   "\x20\x05"s                 // term
                                   "\x28\x09"s                 // sent_at
                                   "\x52\x06"s                 // request_vote
                                   "\x08\x07\x10\x02\x20\x01"s // its fields
  );
}

TEST(raft_frame_test, takes_what_a_member_says) {
  EXPECT_TRUE(is_taken(append_of({})));
  EXPECT_TRUE(is_taken(append_of({2, 3, 5})));
  auto vote = base();
  vote.mutable_request_vote_result()->set_granted(true);
  EXPECT_TRUE(is_taken(vote));
  auto snapshot = base();
  snapshot.mutable_install_snapshot()->set_last_index(4);
  snapshot.mutable_install_snapshot()->set_last_term(5);
  snapshot.mutable_install_snapshot()->set_configuration_index(1);
  EXPECT_TRUE(is_taken(snapshot));
}

TEST(raft_frame_test, refuses_too_many_bytes_and_entries) {
  EXPECT_FALSE(is_taken(append_of({2, 2, 2, 2})));
  auto large = append_of({2});
  large.mutable_append_entries()->mutable_entries(0)->set_data(
      std::string(1000, 'x'));
  EXPECT_FALSE(is_taken(large));
}

TEST(raft_frame_test, refuses_terms_that_go_back_or_come_from_the_future) {
  EXPECT_FALSE(is_taken(append_of({1})));
  EXPECT_FALSE(is_taken(append_of({3, 2})));
  EXPECT_FALSE(is_taken(append_of({6})));
  EXPECT_FALSE(is_taken(append_of({0})));
  auto none = base();
  none.mutable_append_entries();
  EXPECT_TRUE(is_taken(none));
  none.set_term(0);
  EXPECT_FALSE(is_taken(none));
  none.set_term(std::uint64_t{1} << 62);
  EXPECT_FALSE(is_taken(none));
}

TEST(raft_frame_test, refuses_half_a_place) {
  auto x = append_of({});
  x.mutable_append_entries()->set_prev_log_term(0);
  EXPECT_FALSE(is_taken(x));
  auto vote = base();
  vote.mutable_request_vote();
  EXPECT_FALSE(is_taken(vote));
  auto snapshot = base();
  snapshot.mutable_install_snapshot();
  EXPECT_FALSE(is_taken(snapshot));
}

TEST(raft_frame_test, refuses_entries_of_no_known_type) {
  auto x = append_of({2});
  auto& entry = *x.mutable_append_entries()->mutable_entries(0);
  entry.set_type(Entry::NONE);
  EXPECT_FALSE(is_taken(x));
  entry.set_type(static_cast<Entry::Type>(9));
  EXPECT_FALSE(is_taken(x));
}

TEST(raft_frame_test, refuses_no_body) {
  EXPECT_FALSE(is_taken(base()));
}

/// A number that is often near one that matters.
std::uint64_t odd_number(std::mt19937_64& random) {
  switch (random() % 4) {
  case 0:
    return random() % 12;
  case 1:
    return (std::uint64_t{1} << 62) - random() % 3;
  case 2:
    return random();
  default:
    return 1;
  }
}

/// A frame that a member could not mean, but that is well formed.
RaftFrame odd_frame(std::mt19937_64& random, RaftFrame x) {
  const auto number = [&] {
    return odd_number(random);
  };
  x.set_term(random() % 2 ? 1 + random() % 10 : number());
  switch (random() % 6) {
  case 0:
    x.mutable_request_vote()->set_last_log_index(number());
    x.mutable_request_vote()->set_last_log_term(number());
    x.mutable_request_vote()->set_pre_vote(random() % 2);
    x.mutable_request_vote()->set_disrupt_leader(random() % 2);
    break;
  case 1:
    x.mutable_request_vote_result()->set_granted(random() % 2);
    x.mutable_request_vote_result()->set_pre_vote(random() % 2);
    break;
  case 2: {
    auto& append = *x.mutable_append_entries();
    append.set_prev_log_index(number());
    append.set_prev_log_term(number());
    append.set_leader_commit(number());
    for (auto n = random() % 4; n > 0; --n) {
      auto& entry = *append.add_entries();
      entry.set_term(number());
      entry.set_type(static_cast<Entry::Type>(random() % 4));
      entry.set_data(std::string(random() % 30, '\1'));
    }
    break;
  }
  case 3:
    x.mutable_append_entries_result()->set_rejected(number());
    x.mutable_append_entries_result()->set_last_log_index(number());
    break;
  case 4:
    x.mutable_install_snapshot()->set_last_index(number());
    x.mutable_install_snapshot()->set_last_term(number());
    x.mutable_install_snapshot()->set_configuration_index(1);
    x.mutable_install_snapshot()->set_data("5:0");
    break;
  default:
    x.mutable_timeout_now()->set_last_log_index(number());
    x.mutable_timeout_now()->set_last_log_term(number());
    break;
  }
  return x;
}

TEST(raft_frame_test, no_frame_crashes_a_member) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random(seed);
    world_rules rules;
    rules.nodes = 1 + 2 * (seed % 3);
    rules.options.snapshot_threshold = 3;
    rules.options.snapshot_trailing = 2;
    raft_world world(seed, rules);
    world.elect();
    auto& node = *world.node(0);
    for (int i = 0; i < 200 && node.failure().empty(); ++i) {
      const auto& members = node.group().members();
      const auto& from = members[random() % members.size()];
      RaftFrame frame;
      frame.set_group(node.group().digest());
      frame.set_from(from.id);
      frame.set_to(node.group().find(node.self())->id);
      auto bytes = odd_frame(random, frame).SerializeAsString();
      if (random() % 4 == 0)
        bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
      if (random() % 16 == 0)
        bytes.resize(random() % bytes.size());
      node.deliver(from.name, bytes, raft_node::clock::time_point{world.now()});
      node.propose("x", [](const auto&) {});
    }
  }
}

TEST(raft_frame_test, a_member_takes_only_frames_of_its_group_for_itself) {
  raft_world world(1, {});
  auto& node = *world.node(0);
  const auto& members = node.group().members();
  const auto now = raft_node::clock::time_point{world.now()};
  auto good = base();
  good.set_group(node.group().digest());
  good.set_from(members[1].id);
  good.set_to(members[0].id);
  good.mutable_append_entries();
  auto deliver = [&](const RaftFrame& x, const std::string& from) {
    node.deliver(from, x.SerializeAsString(), now);
  };
  deliver(good, "node-2"); // says that it is node-1
  deliver(good, "somebody");
  auto other = good;
  other.set_group(1);
  deliver(other, "node-1");
  other = good;
  other.set_to(members[2].id);
  deliver(other, "node-1");
  other = good;
  other.set_from(members[0].id);
  deliver(other, "node-0");
  EXPECT_EQ(node.refused_frames(), 5u);
  EXPECT_EQ(node.term(), 1u);
  deliver(good, "node-1");
  EXPECT_EQ(node.refused_frames(), 5u);
  EXPECT_EQ(node.term(), 5u);
  EXPECT_EQ(node.leader(), "node-1");
}

} // namespace
} // namespace actors
