#include "tests/room/room_log_fixture.hpp"

#include <gmock/gmock.h>

namespace {

using namespace std::chrono_literals;
using actors::room_record;
using room_test::room_log_test;
using testing::ElementsAre;

TEST_F(room_log_test, shows_only_what_is_certain) {
  auto log = make();
  publish(log, "a");
  const auto second = prepare(log, message("b"));
  const auto third = prepare(log, message("c"));
  EXPECT_EQ(second.at.offset, 2u);
  EXPECT_EQ(third.at.offset, 3u);
  EXPECT_EQ(log.offset(), 1u);
  EXPECT_THAT(offsets(log.history(-1, {}, false)), ElementsAre(1));
  EXPECT_TRUE(log.in_flight());
  EXPECT_FALSE(log.forgettable(now + 1000h));

  log.apply(*second.record, now);
  EXPECT_EQ(log.offset(), 2u);
  EXPECT_TRUE(log.in_flight());
  log.apply(*third.record, now);
  EXPECT_THAT(offsets(log.history(-1, {}, false)), ElementsAre(1, 2, 3));
  EXPECT_FALSE(log.in_flight());
}

TEST_F(room_log_test, starts_by_a_record) {
  auto log = unstarted();
  EXPECT_FALSE(log.starts());
  EXPECT_TRUE(log.forgettable(now));
  EXPECT_EQ(log.next_expiry(false), std::nullopt);
  const auto start = log.prepare_start();
  log.expect(start);
  EXPECT_TRUE(log.starts());
  EXPECT_TRUE(log.epoch_changes());
  const auto first = prepare(log, message("a"));
  EXPECT_EQ(first.at.epoch, start.epoch);
  EXPECT_EQ(first.at.offset, 1u);
  EXPECT_EQ(log.epoch(), "");
  log.apply(start, now);
  EXPECT_FALSE(log.epoch_changes());
  log.apply(*first.record, now);
  EXPECT_EQ(log.epoch(), start.epoch);
  EXPECT_EQ(log.offset(), 1u);
}

TEST_F(room_log_test, knows_the_keys_of_what_is_in_flight) {
  auto log = make();
  auto request = message("a");
  request.set_idempotency_key("key");
  const auto made = prepare(log, request);
  const auto again = prepare(log, request);
  EXPECT_FALSE(again.record);
  EXPECT_TRUE(again.repeats_in_flight);
  EXPECT_EQ(again.at.offset, 1u);

  log.apply(*made.record, now);
  const auto later = prepare(log, request);
  EXPECT_FALSE(later.record);
  EXPECT_FALSE(later.repeats_in_flight);
  EXPECT_EQ(later.at.offset, 1u);
}

TEST_F(room_log_test, knows_the_version_of_what_is_in_flight) {
  auto log = make();
  auto request = message("a");
  request.set_version(7);
  const auto made = prepare(log, request);
  const auto stale = prepare(log, request);
  EXPECT_FALSE(stale.record);
  EXPECT_TRUE(stale.repeats_in_flight);
  log.apply(*made.record, now);
  EXPECT_FALSE(prepare(log, request).repeats_in_flight);
}

TEST_F(room_log_test, forgets_keys_and_versions_with_the_epoch_to_come) {
  auto log = make();
  auto request = message("a");
  request.set_idempotency_key("key");
  request.set_version(7);
  publish(log, request);
  const auto start = log.prepare_start();
  log.expect(start);
  const auto made = prepare(log, request);
  ASSERT_TRUE(made.record);
  EXPECT_EQ(made.at.offset, 1u);
  EXPECT_EQ(made.at.epoch, start.epoch);
}

TEST_F(room_log_test, can_be_copied_record_by_record) {
  auto log = unstarted();
  auto copy = unstarted();
  auto repeat = [&](const room_record& record) {
    log.expect(record);
    log.apply(record, now);
    ASSERT_TRUE(copy.continues_with(record));
    copy.apply(record, now);
  };
  repeat(log.prepare_start());
  auto keyed = message("a");
  keyed.set_idempotency_key("key");
  keyed.set_version(3);
  for (int i = 0; i < 4; ++i)
    repeat(*make_prepared(log, message("x")).record);
  repeat(log.prepare_history_removal());
  repeat(*make_prepared(log, keyed).record);
  EXPECT_EQ(copy.epoch(), log.epoch());
  EXPECT_EQ(copy.offset(), 5u);
  EXPECT_THAT(offsets(copy.history(-1, {}, false)), ElementsAre(5));
  EXPECT_EQ(publish(copy, keyed).publication, nullptr); // the key
  keyed.clear_idempotency_key();
  EXPECT_EQ(publish(copy, keyed).publication, nullptr); // the version
}

TEST_F(room_log_test, sees_what_does_not_continue_it) {
  auto log = make();
  publish_many(log, 3);
  auto other = make();
  publish_many(other, 3);
  auto record = *make_prepared(log, message("4")).record;
  EXPECT_TRUE(log.continues_with(record));
  EXPECT_FALSE(other.continues_with(record)); // another epoch
  log.apply(record, now);
  EXPECT_FALSE(log.continues_with(record)); // again
}

TEST_F(room_log_test, is_empty_after_its_end) {
  auto log = make();
  publish_many(log, 3);
  room_record end;
  end.what = room_record::kind::ended;
  end.epoch = log.epoch();
  log.apply(end, now);
  EXPECT_FALSE(log.starts());
  EXPECT_EQ(log.offset(), 0u);
  EXPECT_EQ(log.history_size(), 0u);
  moved(log);
  EXPECT_EQ(pieces_made, 0u);
}

} // namespace
