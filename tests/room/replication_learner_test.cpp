#include "tests/room/replication_home_fixture.hpp"

#include <gmock/gmock.h>

namespace {

using namespace room_test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(replication_home_test, catches_a_learner_up) {
  rooms = {{"lobby", 100}, {"game", 100}};
  auto home = make();
  home.start_term({7, {}, {}});
  publish(home, 3);
  commit(home);
  home.start_term({8, {}, {"b"}});
  publish(home);                             // 4
  EXPECT_THAT(commit(home), ElementsAre(4)); // it does not count yet
  publish(home); // 5 is in flight when the attempt begins
  const auto requests = sent(home);
  ASSERT_THAT(requests, SizeIs(2));
  const auto& part = requests[0].request->copy_rooms();
  EXPECT_EQ(part.term(), 8u);
  EXPECT_EQ(part.attempt(), 1u);
  EXPECT_EQ(part.committed(), 4u);
  EXPECT_EQ(part.rooms_size(), 2);
  EXPECT_TRUE(part.last());
  EXPECT_EQ(requests[1].request->replicate().first(), 5u);
  EXPECT_THAT(commit(home), ElementsAre(5));
  answer(home, requests[0], done());
  EXPECT_FALSE(home.take_report()); // 5 is missing
  answer(home, requests[1], has(5));
  const auto report = home.take_report();
  ASSERT_TRUE(report);
  EXPECT_THAT(report->caught_up(), ElementsAre("b"));
  EXPECT_TRUE(home.is_in_sync("b"));
  publish(home); // 6
  EXPECT_THAT(commit(home), IsEmpty());
  accept(home);
  EXPECT_THAT(commit(home), ElementsAre(6));
  home.start_term({9, {"b"}, {}});
  EXPECT_FALSE(home.take_report());
}

TEST_F(replication_home_test, sends_nothing_between_the_pieces_of_a_room) {
  limits.part_bytes = 1'000;
  rooms = {{"lobby", 2'500}};
  auto home = make();
  home.start_term({8, {}, {"b"}});
  auto part = sent(home);
  ASSERT_THAT(part, SizeIs(1));
  EXPECT_FALSE(part[0].request->copy_rooms().last());
  publish(home, 2);
  EXPECT_THAT(commit(home), ElementsAre(1, 2));
  EXPECT_THAT(sent(home), IsEmpty());
  answer(home, part[0], done());
  part = sent(home);
  ASSERT_THAT(part, SizeIs(1));
  EXPECT_EQ(part[0].request->copy_rooms().committed(), 0u); // as it was read
  answer(home, part[0], done());
  part = sent(home);
  ASSERT_THAT(part, SizeIs(2));
  EXPECT_TRUE(part[0].request->copy_rooms().last());
  EXPECT_EQ(part[1].request->replicate().first(), 1u);
  EXPECT_EQ(part[1].request->replicate().records_size(), 2);
}

TEST_F(replication_home_test, catches_up_from_nothing_after_a_failed_part) {
  limits.part_bytes = 100;
  rooms = {{"lobby", 100}, {"game", 100}};
  auto home = make();
  home.start_term({8, {}, {"b"}});
  auto part = sent(home);
  EXPECT_FALSE(part[0].request->copy_rooms().last());
  publish(home, 2);
  commit(home);
  answer(home, part[0], failed());
  now = *home.due(now);
  part = sent(home);
  ASSERT_FALSE(part.empty());
  EXPECT_EQ(part[0].request->copy_rooms().attempt(), 2u);
  EXPECT_EQ(part[0].request->copy_rooms().committed(), 2u);
}

TEST_F(replication_home_test, keeps_for_a_learner_what_is_committed) {
  rooms = {{"lobby", 100}};
  auto home = make();
  home.start_term({8, {}, {"b"}});
  const auto part = sent(home);
  publish(home, 3);
  const auto lost = sent(home);
  commit(home);
  sent(home);
  answer(home, part[0], done());
  answer(home, lost[0], failed());
  home.retry();
  const auto again = sent(home);
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].request->replicate().first(), 1u);
  EXPECT_EQ(again[0].request->replicate().records_size(), 3);
}

TEST_F(replication_home_test, gives_up_a_learner_that_lags_too_far_behind) {
  limits.records = 10;
  rooms = {{"lobby", 100}};
  auto home = make();
  home.start_term({8, {}, {"b"}});
  const auto part = sent(home);
  for (int i = 0; i < 5; ++i) {
    publish(home, 9);
    commit(home);
  }
  sent(home);
  const auto report = home.take_report();
  ASSERT_TRUE(report);
  EXPECT_THAT(report->lost(), ElementsAre("b"));
  answer(home, part[0], done());
  publish(home);
  EXPECT_THAT(commit(home), ElementsAre(46)); // it never counts
  EXPECT_THAT(sent(home), IsEmpty());
  EXPECT_FALSE(home.due(now));
}

} // namespace
