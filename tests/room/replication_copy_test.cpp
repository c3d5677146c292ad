#include "actors/room/replication/replication_copy.hpp"
#include "tests/room/make_record.hpp"

#include <gmock/gmock.h>

namespace {

using namespace room_test;
using namespace std::chrono_literals;
using actors::replication_copy;
using actors::room_record;
using role = replication_copy::role;

/// The copy of a shard, whose home the test plays.
class replication_copy_test : public testing::Test {
protected:
  replication_copy_test() {
    channels.without_namespace.history_size = 10;
    channels.without_namespace.history_ttl = 600s;
  }

  /// A standby with everything up to record 0.
  replication_copy make_standby() {
    replication_copy result{channels, {}, epochs};
    result.take_over({}, actors::record_tail{});
    result.assign(role::standby, 7);
    return result;
  }

  replication_copy make_learner() {
    replication_copy result{channels, {}, epochs};
    result.assign(role::learner, 7);
    return result;
  }

  /// Zero for a refusal.
  std::uint64_t replicate(replication_copy& copy, std::uint64_t first,
                          std::uint64_t committed,
                          const std::vector<room_record>& records,
                          std::uint64_t term = 7) {
    roost::link::Replicate body;
    body.set_term(term);
    body.set_first(first);
    body.set_committed(committed);
    for (const auto& x : records)
      to_wire(x, *body.add_records());
    const auto reply = copy.replicate(body, now);
    return reply.has_error() ? 0 : reply.replicated().has();
  }

  bool copy_room(replication_copy& copy, std::uint64_t attempt,
                 std::uint64_t committed, const std::string& room,
                 std::uint64_t offset, bool last, std::uint64_t term = 7) {
    roost::link::CopyRooms body;
    body.set_term(term);
    body.set_attempt(attempt);
    body.set_committed(committed);
    body.set_last(last);
    if (!room.empty()) {
      auto& piece = *body.add_rooms();
      piece.set_room(room);
      piece.set_epoch("epoch");
      piece.set_offset(offset);
      for (std::uint64_t i = 1; i <= offset; ++i) {
        auto& x = *piece.add_history();
        x.set_offset(i);
        x.set_time(actors::to_ms(now));
      }
    }
    return copy.copy_rooms(body, now).has_done();
  }

  static std::uint64_t offset_of(const replication_copy& copy,
                                 const std::string& room) {
    const auto i = copy.rooms().find(room);
    return i == copy.rooms().end() ? 0 : i->second.log.offset();
  }

  config::channel_section channels;
  actors::epoch_source epochs = actors::random_epochs(1);
  actors::unix_time now{1'000s};
};

TEST_F(replication_copy_test, applies_what_is_committed) {
  auto copy = make_standby();
  EXPECT_EQ(replicate(copy, 1, 0,
                      {started("lobby"), published("lobby", 1),
                       published("lobby", 2)}),
            3u);
  EXPECT_EQ(copy.has(), 3u);
  EXPECT_TRUE(copy.rooms().empty());
  EXPECT_EQ(replicate(copy, 4, 2, {}), 3u);
  EXPECT_EQ(copy.committed(), 2u);
  EXPECT_EQ(offset_of(copy, "lobby"), 1u);
  EXPECT_GT(copy.bytes(), 0u);
  EXPECT_EQ(copy.pending().first(), 3u);
}

TEST_F(replication_copy_test, refuses_records_behind_a_hole) {
  auto copy = make_standby();
  EXPECT_EQ(replicate(copy, 1, 0, {started("lobby")}), 1u);
  EXPECT_EQ(replicate(copy, 3, 0, {published("lobby", 2)}), 0u);
  EXPECT_EQ(copy.has(), 1u);
}

TEST_F(replication_copy_test, skips_records_that_come_again) {
  auto copy = make_standby();
  replicate(copy, 1, 0, {published("lobby", 1), published("lobby", 2)});
  EXPECT_EQ(replicate(copy, 1, 1,
                      {published("lobby", 1), published("lobby", 2),
                       published("lobby", 3)}),
            3u);
  EXPECT_EQ(replicate(copy, 1, 3, {published("lobby", 1)}), 3u);
  EXPECT_EQ(offset_of(copy, "lobby"), 3u);
}

TEST_F(replication_copy_test, refuses_another_term) {
  auto copy = make_standby();
  EXPECT_EQ(replicate(copy, 1, 0, {started("lobby")}, 6), 0u);
  copy.assign(role::standby, 8);
  EXPECT_EQ(replicate(copy, 1, 0, {started("lobby")}, 7), 0u);
  EXPECT_EQ(replicate(copy, 1, 0, {started("lobby")}, 8), 1u);
}

TEST_F(replication_copy_test, drops_in_a_new_term_what_the_home_lacks) {
  auto copy = make_standby();
  replicate(copy, 1, 1,
            {published("lobby", 1), published("lobby", 2, "one home"),
             published("lobby", 3)});
  copy.assign(role::standby, 8);
  EXPECT_EQ(copy.has(), 3u);
  EXPECT_EQ(replicate(copy, 2, 1, {published("lobby", 2, "other")}, 8), 2u);
  // Only the first message of the term does that.
  EXPECT_EQ(replicate(copy, 2, 2, {published("lobby", 2, "other")}, 8), 2u);
  const auto& log = copy.rooms().at("lobby").log;
  EXPECT_EQ(std::get<0>(log.history(1, {}, true))[0]->data(), "other");
}

TEST_F(replication_copy_test, keeps_in_a_new_term_what_is_committed) {
  auto copy = make_standby();
  replicate(copy, 1, 2, {published("lobby", 1), published("lobby", 2)});
  copy.assign(role::standby, 8);
  EXPECT_EQ(replicate(copy, 1, 0, {}, 8), 2u);
  EXPECT_EQ(offset_of(copy, "lobby"), 2u);
}

TEST_F(replication_copy_test, forgets_a_room_that_ended) {
  auto copy = make_standby();
  replicate(copy, 1, 3,
            {published("lobby", 1), published("game", 1),
             change(room_record::kind::ended, "lobby")});
  EXPECT_EQ(copy.rooms().size(), 1u);
  replicate(copy, 4, 4, {change(room_record::kind::history_removed, "game")});
  EXPECT_EQ(copy.bytes(), 0u);
}

TEST_F(replication_copy_test, refuses_to_go_on_when_it_is_another_than_home) {
  auto copy = make_standby();
  replicate(copy, 1, 0, {published("lobby", 7)});
  EXPECT_EQ(replicate(copy, 2, 1, {}), 0u);
  EXPECT_FALSE(copy.is_in_sync());
}

TEST_F(replication_copy_test, drops_what_is_past_its_time) {
  auto copy = make_standby();
  replicate(copy, 1, 1, {published("lobby", 1)});
  now += 600s;
  copy.expire(now);
  EXPECT_EQ(copy.bytes(), 0u);
  EXPECT_EQ(offset_of(copy, "lobby"), 1u);
}

TEST_F(replication_copy_test, forgets_everything_when_it_is_not_wanted) {
  auto copy = make_standby();
  replicate(copy, 1, 1, {published("lobby", 1)});
  copy.assign(role::none, 8);
  EXPECT_TRUE(copy.rooms().empty());
  EXPECT_FALSE(copy.is_in_sync());
  EXPECT_EQ(copy.bytes(), 0u);
  copy.assign(role::standby, 9);
  EXPECT_FALSE(copy.is_in_sync());
  EXPECT_EQ(replicate(copy, 1, 0, {}, 9), 0u);
}

// -- learning -----------------------------------------------------------------

TEST_F(replication_copy_test, learns_rooms_and_what_happens_meanwhile) {
  auto copy = make_learner();
  EXPECT_EQ(replicate(copy, 5, 4, {}), 0u); // no attempt yet
  EXPECT_TRUE(copy_room(copy, 1, 4, "lobby", 3, false));
  EXPECT_EQ(copy.has(), 4u);
  EXPECT_EQ(replicate(copy, 5, 4,
                      {published("lobby", 4), published("game", 8),
                       published("new", 1)}),
            7u);
  EXPECT_EQ(replicate(copy, 8, 7, {}), 7u);
  EXPECT_EQ(offset_of(copy, "lobby"), 4u);
  EXPECT_EQ(offset_of(copy, "new"), 1u);
  EXPECT_EQ(offset_of(copy, "game"), 0u); // comes later
  EXPECT_FALSE(copy.is_complete());
  EXPECT_TRUE(copy_room(copy, 1, 7, "game", 8, true));
  EXPECT_EQ(offset_of(copy, "game"), 8u);
  EXPECT_TRUE(copy.is_complete());
  EXPECT_FALSE(copy.is_in_sync());
  copy.assign(role::standby, 8);
  EXPECT_TRUE(copy.is_in_sync());
  EXPECT_EQ(replicate(copy, 8, 7, {published("game", 9)}, 8), 8u);
}

TEST_F(replication_copy_test, skips_what_a_room_was_learnt_with) {
  auto copy = make_learner();
  copy_room(copy, 1, 0, "", 0, false);
  replicate(copy, 1, 0,
            {published("lobby", 1), published("lobby", 2),
             change(room_record::kind::history_removed, "lobby")});
  // Read at the home when the first was committed.
  copy_room(copy, 1, 1, "lobby", 1, true);
  replicate(copy, 4, 3, {});
  EXPECT_EQ(offset_of(copy, "lobby"), 2u);
  EXPECT_EQ(copy.bytes(), 0u);
  EXPECT_TRUE(copy.is_complete());
}

TEST_F(replication_copy_test, takes_a_room_anew_that_began_meanwhile) {
  auto copy = make_learner();
  copy_room(copy, 1, 0, "", 0, false);
  replicate(copy, 1, 1, {published("lobby", 1)});
  EXPECT_EQ(offset_of(copy, "lobby"), 1u);
  copy_room(copy, 1, 5, "lobby", 3, true);
  EXPECT_EQ(offset_of(copy, "lobby"), 3u);
  EXPECT_EQ(copy.rooms().at("lobby").as_of, 5u);
}

TEST_F(replication_copy_test, starts_each_attempt_from_nothing) {
  auto copy = make_learner();
  copy_room(copy, 1, 4, "lobby", 3, false);
  replicate(copy, 5, 4, {published("lobby", 4)});
  EXPECT_TRUE(copy_room(copy, 2, 6, "game", 1, false));
  EXPECT_EQ(copy.rooms().size(), 1u);
  EXPECT_EQ(copy.has(), 6u);
  EXPECT_FALSE(copy_room(copy, 1, 4, "lobby", 3, true)); // of before
  EXPECT_FALSE(copy.is_complete());
}

TEST_F(replication_copy_test, starts_anew_in_a_new_term_when_incomplete) {
  auto copy = make_learner();
  copy_room(copy, 1, 4, "lobby", 3, false);
  copy.assign(role::learner, 8);
  EXPECT_EQ(replicate(copy, 5, 4, {}, 8), 0u);
  EXPECT_TRUE(copy_room(copy, 1, 9, "", 0, true, 8));
  EXPECT_TRUE(copy.rooms().empty());
  copy.assign(role::learner, 9); // goes on when complete
  EXPECT_EQ(replicate(copy, 10, 9, {published("lobby", 1)}, 9), 10u);
}

// -- becoming home ------------------------------------------------------------

TEST_F(replication_copy_test, takes_the_tail_of_the_home_before) {
  auto copy = make_standby();
  replicate(copy, 1, 1, {published("lobby", 1), published("lobby", 2)});
  roost::link::Replicate tail;
  tail.set_first(3);
  tail.set_committed(2);
  to_wire(published("lobby", 3), *tail.add_records());
  EXPECT_TRUE(copy.take_tail(tail, now));
  EXPECT_EQ(copy.committed(), 2u);
  auto rooms = copy.take_rooms();
  const auto pending = copy.take_pending();
  EXPECT_EQ(rooms.at("lobby").log.offset(), 2u);
  EXPECT_EQ(pending.first(), 3u);
  EXPECT_EQ(pending.last(), 3u);
  EXPECT_FALSE(copy.is_complete());
}

TEST_F(replication_copy_test, takes_no_tail_without_what_comes_before) {
  roost::link::Replicate tail;
  tail.set_first(3);
  auto learner = make_learner();
  EXPECT_FALSE(learner.take_tail(tail, now));
  auto standby = make_standby();
  EXPECT_FALSE(standby.take_tail(tail, now));
}

} // namespace
