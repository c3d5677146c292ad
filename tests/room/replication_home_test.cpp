#include "tests/room/replication_home_fixture.hpp"

#include <gmock/gmock.h>

namespace {

using namespace room_test;
using namespace std::chrono_literals;
using actors::replication_home;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(replication_home_test, numbers_records_from_one) {
  auto home = make();
  home.start_term({7, {}, {}});
  EXPECT_EQ(home.append(started("lobby")), 1u);
  EXPECT_EQ(home.append(published("game", 1)), 2u);
  EXPECT_EQ(home.in_flight(), 2u);
  EXPECT_EQ(home[2].room, "game");
}

TEST_F(replication_home_test, commits_at_once_without_copies) {
  auto home = make();
  home.start_term({7, {}, {}});
  publish(home, 2);
  EXPECT_THAT(commit(home), ElementsAre(1, 2));
  EXPECT_THAT(sent(home), IsEmpty());
  EXPECT_FALSE(home.due(now));
}

TEST_F(replication_home_test, needs_the_lease_without_copies) {
  auto home = make();
  home.start_term({7, {}, {}});
  publish(home);
  lease = false;
  EXPECT_THAT(commit(home), IsEmpty());
  EXPECT_NE(home.refusal(lease), "");
  ASSERT_TRUE(home.due(now)); // the lease may come back
  lease = true;
  EXPECT_THAT(commit(home), ElementsAre(1));
  EXPECT_EQ(home.refusal(lease), "");
}

TEST_F(replication_home_test, commits_what_every_standby_has) {
  auto home = make();
  home.start_term({7, {"b", "c"}, {}});
  publish(home, 3);
  const auto requests = home.to_send(now);
  ASSERT_THAT(requests, SizeIs(2));
  for (const auto& x : requests) {
    const auto& body = x.request->replicate();
    EXPECT_EQ(x.request->shard(), 3u);
    EXPECT_EQ(body.term(), 7u);
    EXPECT_EQ(body.first(), 1u);
    EXPECT_EQ(body.committed(), 0u);
    EXPECT_EQ(body.records_size(), 3);
  }
  answer(home, requests[0], has(3));
  EXPECT_THAT(commit(home), IsEmpty());
  answer(home, requests[1], has(2));
  EXPECT_THAT(commit(home), ElementsAre(1, 2));
  EXPECT_EQ(home.in_flight(), 1u);
}

TEST_F(replication_home_test, commits_with_a_standby_though_the_lease_is_over) {
  auto home = make();
  home.start_term({7, {"b"}, {}});
  lease = false;
  publish(home);
  accept(home);
  EXPECT_THAT(commit(home), ElementsAre(1));
  EXPECT_EQ(home.refusal(lease), "");
}

TEST_F(replication_home_test, has_few_requests_under_way) {
  auto home = make();
  home.start_term({7, {"b"}, {}});
  std::vector<replication_home::outgoing> under_way;
  for (std::size_t i = 0; i < limits.requests; ++i) {
    publish(home);
    const auto one = sent(home);
    ASSERT_THAT(one, SizeIs(1));
    under_way.push_back(one[0]);
  }
  publish(home, 5);
  EXPECT_THAT(sent(home), IsEmpty());
  answer(home, under_way[0], has(1));
  const auto batch = sent(home);
  ASSERT_THAT(batch, SizeIs(1));
  EXPECT_EQ(batch[0].request->replicate().first(), limits.requests + 1);
  EXPECT_EQ(batch[0].request->replicate().records_size(), 5);
}

TEST_F(replication_home_test, bounds_the_bytes_of_a_request) {
  limits.batch_bytes = 3'000;
  auto home = make();
  home.start_term({7, {"b"}, {}});
  for (int i = 0; i < 6; ++i)
    home.append(published("lobby", ++offset, std::string(1'000, 'x')));
  const auto batches = sent(home);
  ASSERT_THAT(batches, SizeIs(2));
  EXPECT_EQ(batches[0].request->replicate().records_size(), 3);
  EXPECT_EQ(batches[1].request->replicate().first(), 4u);
}

TEST_F(replication_home_test, tells_of_a_commit_when_nothing_follows) {
  auto home = make();
  home.start_term({7, {"b"}, {}});
  publish(home);
  accept(home);
  commit(home);
  EXPECT_THAT(sent(home), IsEmpty());
  ASSERT_TRUE(home.due(now));
  now = *home.due(now);
  const auto told = sent(home);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].request->replicate().committed(), 1u);
  EXPECT_EQ(told[0].request->replicate().first(), 2u);
  EXPECT_EQ(told[0].request->replicate().records_size(), 0);
  answer(home, told[0], has(1));
  EXPECT_THAT(sent(home), IsEmpty());
  EXPECT_FALSE(home.due(now));
}

TEST_F(replication_home_test, sends_a_failed_request_again) {
  auto home = make();
  home.start_term({7, {"b"}, {}});
  publish(home, 2);
  const auto first = sent(home);
  publish(home);
  const auto second = sent(home);
  answer(home, first[0], failed());
  EXPECT_THAT(sent(home), IsEmpty());
  now = *home.due(now);
  const auto again = sent(home);
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].request->replicate().first(), 1u);
  EXPECT_EQ(again[0].request->replicate().records_size(), 3);
  answer(home, second[0], has(3)); // of before the failure
  EXPECT_THAT(commit(home), IsEmpty());
  answer(home, again[0], has(3));
  EXPECT_THAT(commit(home), ElementsAre(1, 2, 3));
  EXPECT_EQ(home.failures(), 1u);
}

TEST_F(replication_home_test, sends_at_once_over_a_new_link) {
  auto home = make();
  home.start_term({7, {"b"}, {}});
  publish(home);
  answer(home, sent(home)[0], failed());
  home.retry();
  EXPECT_THAT(sent(home), SizeIs(1));
}

TEST_F(replication_home_test, sends_again_what_is_in_flight_in_a_new_term) {
  auto home = make();
  home.start_term({7, {"b"}, {}});
  publish(home, 2);
  const auto old = sent(home);
  answer(home, old[0], has(1));
  commit(home);
  home.start_term({8, {"b", "c"}, {}});
  for (const auto& x : home.to_send(now)) {
    EXPECT_EQ(x.request->replicate().term(), 8u);
    EXPECT_EQ(x.request->replicate().first(), 2u);
    EXPECT_EQ(x.request->replicate().records_size(), 1);
  }
  answer(home, old[0], has(2)); // of the term before
  EXPECT_THAT(commit(home), IsEmpty());
}

TEST_F(replication_home_test, greets_every_copy_in_a_new_term) {
  auto home = make();
  home.start_term({7, {"b"}, {}});
  const auto greeting = sent(home);
  ASSERT_THAT(greeting, SizeIs(1));
  EXPECT_EQ(greeting[0].request->replicate().first(), 1u);
  home.start_term({7, {"b"}, {}}); // the same
  EXPECT_THAT(sent(home), IsEmpty());
}

TEST_F(replication_home_test, goes_on_alone_when_the_view_says_so) {
  auto home = make();
  home.start_term({7, {"b"}, {}});
  publish(home);
  EXPECT_THAT(commit(home), IsEmpty());
  home.start_term({8, {}, {}});
  EXPECT_THAT(commit(home), ElementsAre(1));
}

TEST_F(replication_home_test, goes_on_where_the_home_before_has_stopped) {
  actors::record_tail pending{5};
  pending.append(published("lobby", 5));
  pending.append(published("lobby", 6));
  replication_home home{3, limits, source(), std::move(pending)};
  EXPECT_EQ(home.committed(), 4u);
  home.start_term({9, {"c"}, {}});
  EXPECT_EQ(home.append(published("lobby", 7)), 7u);
  const auto requests = sent(home, "c");
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].request->replicate().first(), 5u);
  EXPECT_EQ(requests[0].request->replicate().committed(), 4u);
  answer(home, requests[0], has(7));
  EXPECT_THAT(commit(home), ElementsAre(5, 6, 7));
}

TEST_F(replication_home_test, commits_nothing_with_a_copy_of_something_else) {
  replication_home home{3, limits, source(), std::nullopt};
  home.start_term({7, {"b"}, {}});
  publish(home);
  EXPECT_THAT(commit(home), IsEmpty());
  EXPECT_THAT(sent(home), IsEmpty());
  EXPECT_THAT(home.take_report()->lost(), ElementsAre("b"));
  home.start_term({8, {"b"}, {"c"}}); // the report has not arrived yet
  EXPECT_THAT(sent(home), IsEmpty());
  EXPECT_THAT(home.take_report()->lost(), ElementsAre("b"));
  home.start_term({9, {}, {"b"}}); // it starts from nothing
  EXPECT_THAT(commit(home), ElementsAre(1));
  const auto requests = sent(home);
  ASSERT_FALSE(requests.empty());
  EXPECT_TRUE(requests[0].request->has_copy_rooms());
}

TEST_F(replication_home_test, distrusts_a_copy_that_has_more_than_there_is) {
  auto home = make();
  home.start_term({7, {"b"}, {}});
  publish(home);
  answer(home, sent(home)[0], has(5));
  EXPECT_THAT(commit(home), IsEmpty());
  EXPECT_EQ(home.refusal(lease), "");
  lease = false;
  EXPECT_NE(home.refusal(lease), ""); // as if its link was down
}

// -- copies that do not keep up -----------------------------------------------

TEST_F(replication_home_test, reports_a_copy_that_does_not_answer) {
  auto home = make();
  home.start_term({7, {"b", "c"}, {}});
  publish(home);
  for (const auto& x : home.to_send(now))
    if (x.to == "c")
      answer(home, x, has(1));
  EXPECT_FALSE(home.take_report());
  now = *home.due(now);
  home.to_send(now);
  const auto report = home.take_report();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->shard(), 3u);
  EXPECT_EQ(report->term(), 7u);
  EXPECT_THAT(report->lost(), ElementsAre("b"));
  EXPECT_FALSE(home.take_report()); // it stands
  EXPECT_THAT(commit(home), IsEmpty());
  home.start_term({8, {"c"}, {}});
  EXPECT_THAT(commit(home), IsEmpty()); // until it has answered in the new term
  EXPECT_FALSE(home.take_report());
}

TEST_F(replication_home_test, reports_a_copy_whose_link_is_down) {
  auto home = make();
  home.start_term({7, {"b"}, {}});
  publish(home);
  for (int i = 0; i < 100 && !home.take_report(); ++i) {
    for (const auto& x : sent(home))
      answer(home, x, failed());
    now = std::max(home.due(now).value(), now);
  }
  EXPECT_EQ(now.time_since_epoch(), limits.patience + limits.retry_after);
  lease = false;
  EXPECT_NE(home.refusal(lease), "");
}

TEST_F(replication_home_test, commits_with_a_lost_copy_that_is_back) {
  auto home = make();
  home.start_term({7, {"b"}, {}});
  publish(home);
  const auto late = sent(home);
  now += limits.patience;
  sent(home);
  EXPECT_TRUE(home.take_report());
  answer(home, late[0], has(1));
  EXPECT_THAT(commit(home), ElementsAre(1));
  // Nobody needs to drop it, unless that has happened already.
  const auto withdrawn = home.take_report();
  ASSERT_TRUE(withdrawn);
  EXPECT_THAT(withdrawn->lost(), IsEmpty());
}

TEST_F(replication_home_test, bounds_what_is_in_flight) {
  limits.records = 10;
  auto home = make();
  home.start_term({7, {"b"}, {}});
  publish(home, 9);
  EXPECT_EQ(home.refusal(lease), "");
  publish(home);
  EXPECT_NE(home.refusal(lease), "");
  accept(home);
  commit(home);
  EXPECT_EQ(home.refusal(lease), "");
  limits.bytes = 5'000;
  auto other = make();
  other.start_term({7, {"b"}, {}});
  other.append(published("lobby", 1, std::string(5'000, 'x')));
  EXPECT_NE(other.refusal(lease), "");
}

TEST_F(replication_home_test, reports_a_copy_that_answers_too_slowly) {
  limits.records = 10;
  limits.batch_bytes = 1;
  auto home = make();
  home.start_term({7, {"b"}, {}});
  publish(home, 10);
  std::deque<replication_home::outgoing> under_way;
  std::uint64_t has_so_far = 0;
  bool reported = false;
  for (int i = 0; i < 20 && !reported; ++i) {
    for (auto& x : sent(home))
      under_way.push_back(x);
    now += limits.patience / 2;
    answer(home, under_way.front(), has(++has_so_far));
    under_way.pop_front();
    commit(home);
    publish(home); // at the bound all the time
    home.to_send(now);
    reported = home.take_report().has_value();
  }
  EXPECT_TRUE(reported);
}

// -- the end ------------------------------------------------------------------

TEST_F(replication_home_test, hands_over_what_is_in_flight) {
  auto home = make();
  home.start_term({7, {"b"}, {}});
  publish(home, 3);
  answer(home, sent(home)[0], has(1));
  commit(home);
  const auto tail = home.tail();
  EXPECT_EQ(tail.term(), 7u);
  EXPECT_EQ(tail.first(), 2u);
  EXPECT_EQ(tail.committed(), 1u);
  EXPECT_EQ(tail.records_size(), 2);
  const auto pending = home.take_pending();
  EXPECT_EQ(pending.first(), 2u);
  EXPECT_EQ(pending.last(), 3u);
}

} // namespace
