#include "actors/room/room_directory.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using actors::shard_of;

// The shard of a room must be the same on every node and in every version:
// these values may never change. Checked against an independent computation.
TEST(room_directory_test, keeps_rooms_in_their_shards) {
  EXPECT_EQ(shard_of("", 256), 38u);
  EXPECT_EQ(shard_of("lobby", 256), 103u);
  EXPECT_EQ(shard_of("chat:lobby", 256), 43u);
  EXPECT_EQ(shard_of("game:1", 256), 182u);
  EXPECT_EQ(shard_of("game:2", 256), 6u);
  EXPECT_EQ(shard_of("\xc3\xa9", 1000), 43u);
}

TEST(room_directory_test, spreads_similar_names_evenly) {
  constexpr std::uint32_t shards = 16;
  std::vector<int> rooms(shards);
  for (int i = 0; i < 16'000; ++i)
    ++rooms[shard_of("game:" + std::to_string(i), shards)];
  for (const auto n : rooms) {
    EXPECT_GT(n, 850);
    EXPECT_LT(n, 1150);
  }
}

TEST(room_directory_test, finds_the_actor_of_a_room) {
  // Handles differ by identity only; empty ones will do for the arithmetic.
  const actors::room_directory rooms{std::vector<caf::actor>(8)};
  EXPECT_EQ(rooms.shard_count(), 8u);
  EXPECT_EQ(&rooms["lobby"], &rooms.shards()[shard_of("lobby", 8)]);
}

} // namespace
