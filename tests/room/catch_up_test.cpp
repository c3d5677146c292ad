#include "tests/room/world.hpp"

#include <gmock/gmock.h>

namespace {

using namespace room_test;
using testing::ElementsAre;
using testing::IsEmpty;

/// Clients that have missed more than one answer holds: a page has two of the
/// publications here.
class catch_up_test : public world {
protected:
  static constexpr std::size_t size = 100 * 1024;

  catch_up_test() : world({"a", "b"}) {
    move_home(1, {"a", "b"}, "a");
    run();
  }

  void fill(const std::string& room, int publications) {
    for (int i = 0; i < publications; ++i)
      ask_room(here, publish(room, std::string(size, 'x')));
  }

  recording_subscriber& come_back(node& where, const std::string& room,
                                  std::uint64_t offset, bool has_room = true) {
    auto& who = make_subscriber();
    who.has_room = has_room;
    start_subscribe(where, who,
                    recovering(room, {top_of(here, room).epoch, offset}));
    run();
    return who;
  }

  void go_on(node& where, recording_subscriber& who) {
    who.has_room = true;
    audience_of(where).go_on(who);
    run();
  }

  std::int64_t catching_up(node& where) {
    return metrics_of(where).catching_up.value();
  }

  node& here = at("a");
  node& there = at("b");
};

TEST_F(catch_up_test, gives_the_rest_in_pages_behind_the_answer) {
  fill("lobby", 7);
  for (auto* where : {&here, &there}) {
    auto& who = come_back(*where, "lobby", 0);
    EXPECT_TRUE(who.answer().recovered);
    EXPECT_EQ(who.answer().offset, 0u);
    EXPECT_THAT(who.recovered_offsets(), ElementsAre(1, 2));
    EXPECT_EQ(who.frames_at_outcome, 0u);
    EXPECT_THAT(who.take_offsets(), ElementsAre(3, 4, 5, 6, 7));
    EXPECT_EQ(catching_up(*where), 0);
  }
}

TEST_F(catch_up_test, goes_on_with_the_live_stream) {
  fill("lobby", 5);
  auto& who = come_back(there, "lobby", 0);
  who.take_offsets();
  fill("lobby", 2);
  EXPECT_THAT(who.take_offsets(), ElementsAre(6, 7));
}

TEST_F(catch_up_test, waits_until_the_subscriber_has_room) {
  fill("lobby", 5);
  auto& who = come_back(there, "lobby", 0, false);
  EXPECT_THAT(who.recovered_offsets(), ElementsAre(1, 2));
  fill("lobby", 2);
  EXPECT_THAT(who.take_offsets(), IsEmpty());
  EXPECT_EQ(catching_up(there), 1);
  go_on(there, who);
  EXPECT_THAT(who.take_offsets(), ElementsAre(3, 4, 5, 6, 7));
  fill("lobby", 1);
  EXPECT_THAT(who.take_offsets(), ElementsAre(8));
}

TEST_F(catch_up_test, does_not_hold_up_those_that_follow) {
  fill("lobby", 5);
  auto& other = subscribe(there, positioned("lobby"));
  come_back(there, "lobby", 0, false);
  fill("lobby", 1);
  EXPECT_THAT(other.take_offsets(), ElementsAre(6));
}

TEST_F(catch_up_test, tells_whose_next_publication_is_gone) {
  fill("small:x", 3);
  auto& who = come_back(there, "small:x", 0, false);
  EXPECT_THAT(who.recovered_offsets(), ElementsAre(1, 2));
  fill("small:x", 1); // keeps 2, 3, 4
  go_on(there, who);
  EXPECT_THAT(who.take_offsets(), ElementsAre(3, 4));

  auto& late = come_back(there, "small:x", 1, false);
  EXPECT_THAT(late.recovered_offsets(), ElementsAre(2, 3));
  fill("small:x", 3);
  go_on(there, late);
  EXPECT_THAT(late.take_offsets(), IsEmpty());
  EXPECT_THAT(late.lost, ElementsAre("small:x"));
  EXPECT_EQ(catching_up(there), 0);
}

TEST_F(catch_up_test, takes_turns_between_rooms) {
  fill("one", 6);
  fill("two", 6);
  auto& who = make_subscriber();
  who.has_room = false;
  for (const auto* room : {"one", "two"}) {
    start_subscribe(there, who, recovering(room, {"", 0}));
    run();
    EXPECT_THAT(who.recovered_offsets(), ElementsAre(1, 2));
  }
  go_on(there, who);
  std::vector<std::string> rooms;
  for (const auto& x : who.pushes)
    rooms.push_back(x.channel());
  EXPECT_THAT(rooms, ElementsAre("one", "one", "two", "two", "one", "one",
                                 "two", "two"));
}

TEST_F(catch_up_test, gives_nothing_to_who_has_left) {
  fill("lobby", 5);
  auto& who = make_subscriber();
  start_subscribe(there, who, recovering("lobby", {"", 0}));
  who.on_outcome = [&] {
    audience_of(there).unsubscribe(who, "lobby");
  };
  run();
  EXPECT_THAT(who.take_offsets(), IsEmpty());
  EXPECT_EQ(catching_up(there), 0);

  auto& other = come_back(there, "lobby", 0, false);
  other.has_room = true;
  audience_of(there).go_on(other); // asks
  audience_of(there).unsubscribe(other, "lobby");
  run();
  EXPECT_THAT(other.take_offsets(), IsEmpty());
  EXPECT_EQ(catching_up(there), 0);
}

TEST_F(catch_up_test, still_tells_who_comes_and_goes) {
  fill("lobby", 5);
  auto request = recovering("lobby", {"", 0});
  request.features.push_join_leave = true;
  auto& who = make_subscriber();
  who.has_room = false;
  start_subscribe(there, who, request);
  run();
  auto other = wish("lobby");
  other.features.announce = true;
  subscribe(there, other);
  ASSERT_EQ(who.pushes.size(), 1u);
  EXPECT_TRUE(who.pushes[0].has_join());
}

TEST_F(catch_up_test, gives_all_behind_the_answer_to_who_wants_it_so) {
  fill("lobby", 3);
  auto request = recovering("lobby", {"", 0});
  request.missed_later = true;
  auto& who = subscribe(there, request);
  EXPECT_TRUE(who.answer().recovered);
  EXPECT_THAT(who.recovered_offsets(), IsEmpty());
  EXPECT_THAT(who.take_offsets(), ElementsAre(1, 2, 3));
}

TEST_F(catch_up_test, reads_nothing_for_who_has_no_room_for_it) {
  fill("lobby", 3);
  auto request = recovering("lobby", {top_of(here, "lobby").epoch, 0});
  request.missed_later = true;
  subscribe(there, positioned("lobby")); // the room is live there
  const auto before = wire("a", "b").room_reply_bytes;
  for (int i = 0; i < 20; ++i) {
    auto& who = make_subscriber();
    who.has_room = false;
    start_subscribe(there, who, request);
    run();
    EXPECT_TRUE(who.answer().recovered);
    audience_of(there).unsubscribe(who, "lobby");
  }
  EXPECT_LT(wire("a", "b").room_reply_bytes - before, size);
}

TEST_F(catch_up_test, tells_who_wants_all_later_that_it_is_gone) {
  fill("lobby", 3);
  auto request = recovering("lobby", {top_of(here, "lobby").epoch, 0});
  request.missed_later = true;
  auto removal = std::make_shared<roost::link::RoomRequest>();
  removal->set_room("lobby");
  removal->mutable_history_remove();
  ask_room(here, removal);
  EXPECT_FALSE(subscribe(there, request).answer().recovered);
}

TEST_F(catch_up_test, goes_on_after_the_way_to_the_home_was_cut) {
  fill("lobby", 5);
  auto& who = come_back(there, "lobby", 0, false);
  cut("a", "b");
  go_on(there, who);
  EXPECT_THAT(who.take_offsets(), IsEmpty());
  fill("lobby", 1);
  mend("a", "b");
  advance(3s);
  EXPECT_THAT(who.take_offsets(), ElementsAre(3, 4, 5, 6));
  EXPECT_THAT(who.lost, IsEmpty());
  fill("lobby", 1);
  EXPECT_THAT(who.take_offsets(), ElementsAre(7));
}

TEST_F(catch_up_test, tells_who_is_behind_that_the_room_has_begun_anew) {
  fill("lobby", 5);
  auto& who = come_back(there, "lobby", 0, false);
  at("a").incarnation = "2";
  move_home(2, {"a", "b"}, "b");
  advance(3s);
  go_on(there, who);
  EXPECT_THAT(who.lost, ElementsAre("lobby"));
  EXPECT_EQ(catching_up(there), 0);
}

} // namespace
