#include "tests/room/world.hpp"

#include <gmock/gmock.h>

namespace {

using namespace room_test;
using testing::ElementsAre;
using testing::IsEmpty;

/// Clients that come back to rooms with some publications; see section 3.4 of
/// the client protocol.
class audience_recovery_test : public world {
protected:
  audience_recovery_test() {
    move_home(1, {"a"}, "a");
    run();
  }

  void fill(const std::string& room, int publications) {
    publish_many(here, room, 1, publications);
    epoch = top_of(here, room).epoch;
  }

  recording_subscriber& come_back(const std::string& room,
                                  std::uint64_t offset) {
    return subscribe(here, recovering(room, {epoch, offset}));
  }

  static void expect_lost(const recording_subscriber& who, std::uint64_t top) {
    ASSERT_TRUE(who.is_subscribed());
    EXPECT_TRUE(who.answer().was_recovering);
    EXPECT_FALSE(who.answer().recovered);
    EXPECT_EQ(who.answer().offset, top);
    EXPECT_THAT(who.answer().publications, IsEmpty());
  }

  node& here = at("a");
  std::string epoch;
};

TEST_F(audience_recovery_test, gives_exactly_what_was_missed) {
  fill("lobby", 7);
  auto& who = come_back("lobby", 4);
  ASSERT_TRUE(who.is_subscribed());
  EXPECT_TRUE(who.answer().was_recovering);
  EXPECT_TRUE(who.answer().recovered);
  EXPECT_TRUE(who.answer().recoverable);
  EXPECT_EQ(who.answer().epoch, epoch);
  EXPECT_EQ(who.answer().offset, 4u); // the client counts on from there
  EXPECT_THAT(who.recovered_offsets(), ElementsAre(5, 6, 7));
  ask_room(here, publish("lobby", "8"));
  EXPECT_THAT(who.take_data(), ElementsAre("8"));
}

TEST_F(audience_recovery_test, gives_nothing_to_who_missed_nothing) {
  fill("lobby", 7);
  auto& who = come_back("lobby", 7);
  EXPECT_TRUE(who.answer().recovered);
  EXPECT_EQ(who.answer().offset, 7u);
  EXPECT_THAT(who.recovered_offsets(), IsEmpty());
}

TEST_F(audience_recovery_test, recovers_in_an_empty_room) {
  fill("lobby", 0);
  auto& who = come_back("lobby", 0);
  EXPECT_TRUE(who.answer().recovered);
  EXPECT_EQ(who.answer().offset, 0u);
}

TEST_F(audience_recovery_test, recovers_from_the_start_in_any_epoch) {
  fill("lobby", 3);
  auto& who = subscribe(here, recovering("lobby", {"", 0}));
  EXPECT_TRUE(who.answer().recovered);
  EXPECT_EQ(who.answer().offset, 0u);
  EXPECT_EQ(who.answer().epoch, epoch);
  EXPECT_THAT(who.recovered_offsets(), ElementsAre(1, 2, 3));
}

TEST_F(audience_recovery_test, does_not_recover_in_another_epoch) {
  fill("lobby", 3);
  expect_lost(subscribe(here, recovering("lobby", {"other", 3})), 3);
  expect_lost(subscribe(here, recovering("lobby", {"other", 2})), 3);
}

TEST_F(audience_recovery_test, does_not_recover_from_beyond_the_top) {
  fill("lobby", 3);
  expect_lost(come_back("lobby", 4), 3);
}

TEST_F(audience_recovery_test, does_not_recover_what_is_gone) {
  fill("small:x", 7); // keeps 5, 6, 7
  expect_lost(come_back("small:x", 3), 7);
  auto& who = come_back("small:x", 4);
  EXPECT_TRUE(who.answer().recovered);
  EXPECT_THAT(who.recovered_offsets(), ElementsAre(5, 6, 7));
}

TEST_F(audience_recovery_test, does_not_recover_more_than_the_limit) {
  channels.without_namespace.history_size = 1'000;
  fill("lobby", 305);
  expect_lost(come_back("lobby", 4), 305);
  auto& who = come_back("lobby", 5);
  EXPECT_TRUE(who.answer().recovered);
  EXPECT_EQ(who.answer().publications.size(), 300u);
}

TEST_F(audience_recovery_test, does_not_recover_who_did_not_ask) {
  fill("lobby", 3);
  auto request = recovering("lobby", {epoch, 1});
  request.recover = false;
  auto& who = subscribe(here, request);
  EXPECT_FALSE(who.answer().was_recovering);
  EXPECT_FALSE(who.answer().recovered);
  EXPECT_EQ(who.answer().offset, 3u);
}

TEST_F(audience_recovery_test, gives_the_newest_only_in_cache_mode) {
  fill("cache:x", 4);
  auto& who = come_back("cache:x", 1);
  EXPECT_TRUE(who.answer().recovered);
  EXPECT_THAT(who.recovered_offsets(), ElementsAre(4));
  // Whatever epoch it has seen.
  auto& other = subscribe(here, recovering("cache:x", {"other", 9}));
  EXPECT_TRUE(other.answer().recovered);
  EXPECT_THAT(other.recovered_offsets(), ElementsAre(4));
  ask_room(here, publish("cache:x", "5"));
  EXPECT_THAT(who.take_data(), ElementsAre("5"));
}

TEST_F(audience_recovery_test, gives_nothing_to_who_has_the_newest) {
  fill("cache:x", 4);
  auto& who = come_back("cache:x", 4);
  EXPECT_TRUE(who.answer().recovered);
  EXPECT_THAT(who.recovered_offsets(), IsEmpty());
}

TEST_F(audience_recovery_test, does_not_recover_a_cache_that_is_empty) {
  fill("cache:x", 4);
  auto request = actors::request_to("cache:x");
  request->mutable_history_remove();
  ask_room(here, request);
  expect_lost(come_back("cache:x", 1), 4);
}

TEST_F(audience_recovery_test, asks_once_for_all_who_missed_the_same) {
  fill("lobby", 7);
  subscribe(here, positioned("lobby"));
  std::vector<recording_subscriber*> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(&make_subscriber());
    start_subscribe(here, *all.back(), recovering("lobby", {epoch, 4}));
  }
  all.push_back(&make_subscriber());
  start_subscribe(here, *all.back(), recovering("lobby", {epoch, 6}));
  run();
  // The very same publications, decoded once, are given to all.
  const auto& first = all.front()->answer().publications;
  for (std::size_t i = 0; i < 20; ++i) {
    ASSERT_TRUE(all[i]->answer().recovered);
    EXPECT_EQ(all[i]->answer().publications.at(0), first.at(0));
  }
  EXPECT_THAT(all.back()->recovered_offsets(), ElementsAre(7));
}

TEST_F(audience_recovery_test, gives_what_is_published_meanwhile_once) {
  // Publications at every point of the way of a recovery.
  for (int before = 0; before < 4; ++before) {
    const auto room = "room " + std::to_string(before);
    fill(room, 5);
    auto& first = subscribe(here, positioned(room));
    auto& who = make_subscriber();
    for (int i = 0; i < before; ++i)
      tell((*here.directory)[room],
           actors::ask_room{publish(room, std::to_string(6 + i))});
    start_subscribe(here, who, recovering(room, {epoch, 2}));
    for (int i = before; i < 4; ++i)
      tell((*here.directory)[room],
           actors::ask_room{publish(room, std::to_string(6 + i))});
    run();
    ASSERT_TRUE(who.answer().recovered);
    auto all = who.recovered_offsets();
    for (const auto& x : who.pushes)
      all.push_back(x.pub().offset());
    EXPECT_THAT(all, ElementsAre(3, 4, 5, 6, 7, 8, 9));
    EXPECT_THAT(first.take_data(), ElementsAre("6", "7", "8", "9"));
  }
}

TEST_F(audience_recovery_test, does_not_answer_who_left_while_it_recovered) {
  fill("lobby", 7);
  subscribe(here, positioned("lobby"));
  auto& who = make_subscriber();
  auto& other = make_subscriber();
  start_subscribe(here, who, recovering("lobby", {epoch, 4}));
  start_subscribe(here, other, recovering("lobby", {epoch, 4}));
  audience_of(here).unsubscribe(who, "lobby");
  run();
  EXPECT_FALSE(who.outcome);
  EXPECT_TRUE(other.answer().recovered);
}

} // namespace
