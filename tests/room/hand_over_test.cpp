#include "actors/room/shard/hand_over.hpp"

#include <gmock/gmock.h>

#include <set>

namespace {

using actors::hand_over;

/// A reader whose rooms have `pieces` pieces of about a kilobyte.
actors::room_source rooms_of(std::vector<std::string> names, int pieces) {
  return {[names] { return names; },
          [pieces](const std::string& room, std::size_t,
                   std::deque<roost::link::RoomSnapshot>& out) {
            for (int i = 0; i < pieces; ++i) {
              auto& piece = out.emplace_back();
              piece.set_room(room);
              piece.set_epoch(std::string(1'000, 'x'));
              piece.set_offset(static_cast<std::uint64_t>(i));
            }
          }};
}

TEST(hand_over_test, has_one_last_part_when_there_is_nothing) {
  hand_over gift{3, rooms_of({}, 1), 1'000};
  EXPECT_TRUE(gift.at_last());
  const auto part = gift.part(9);
  EXPECT_EQ(part->shard(), 3u);
  EXPECT_EQ(part->hand_over().view(), 9u);
  EXPECT_TRUE(part->hand_over().last());
  EXPECT_EQ(part->hand_over().rooms_size(), 0);
}

TEST(hand_over_test, gives_every_piece_once_in_bounded_parts) {
  hand_over gift{3, rooms_of({"a", "b", "c"}, 10), 4'000};
  std::set<std::pair<std::string, std::uint64_t>> seen;
  int parts = 0;
  for (bool last = false; !last;) {
    last = gift.at_last();
    const auto part = gift.part(1);
    EXPECT_EQ(part->hand_over().last(), last);
    EXPECT_LT(part->ByteSizeLong(), 6'000u);
    for (const auto& x : part->hand_over().rooms())
      EXPECT_TRUE(seen.emplace(x.room(), x.offset()).second);
    gift.taken();
    ASSERT_LT(++parts, 100);
  }
  EXPECT_EQ(seen.size(), 30u);
  EXPECT_EQ(parts, 9); // the rest of a room goes alone
}

TEST(hand_over_test, repeats_a_part_until_it_was_taken) {
  hand_over gift{3, rooms_of({"a", "b"}, 2), 1'000};
  const auto first = gift.part(1);
  const auto again = gift.part(2);
  EXPECT_EQ(first->hand_over().rooms(0).SerializeAsString(),
            again->hand_over().rooms(0).SerializeAsString());
  EXPECT_EQ(again->hand_over().view(), 2u);
  gift.taken();
  EXPECT_NE(gift.part(2)->hand_over().rooms(0).SerializeAsString(),
            first->hand_over().rooms(0).SerializeAsString());
}

TEST(hand_over_test, leaves_out_rooms_that_ended_meanwhile) {
  hand_over gift{3, rooms_of({"gone", "also gone"}, 0), 1'000};
  EXPECT_TRUE(gift.at_last());
  EXPECT_EQ(gift.part(1)->hand_over().rooms_size(), 0);
}

TEST(hand_over_test, puts_the_tail_into_the_first_part) {
  hand_over gift{3, rooms_of({"a", "b"}, 1), 1'000};
  roost::link::Replicate tail;
  tail.set_committed(7);
  gift.set_tail(tail);
  EXPECT_EQ(gift.part(1)->hand_over().tail().committed(), 7u);
  EXPECT_EQ(gift.part(2)->hand_over().tail().committed(), 7u); // again
  gift.taken();
  EXPECT_FALSE(gift.part(2)->hand_over().has_tail());
}

} // namespace
