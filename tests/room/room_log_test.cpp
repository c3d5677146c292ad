#include "tests/room/room_log_fixture.hpp"

#include <gmock/gmock.h>

#include <set>

namespace {

using namespace std::chrono_literals;
using actors::room_log;
using room_test::room_log_test;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(room_log_test, gives_out_offsets_from_one) {
  auto log = make();
  EXPECT_EQ(log.offset(), 0u);
  const auto first = publish(log, "a");
  EXPECT_EQ(first.at.offset, 1u);
  EXPECT_EQ(first.at.epoch, log.epoch());
  EXPECT_EQ(first.publication->offset(), 1u);
  EXPECT_EQ(first.publication->data(), "a");
  EXPECT_EQ(publish(log, "b").at.offset, 2u);
}

TEST_F(room_log_test, names_the_epoch_on_the_first_publication_only) {
  auto log = make();
  EXPECT_EQ(publish(log, "a").publication->epoch(), log.epoch());
  EXPECT_EQ(publish(log, "b").publication->epoch(), "");
}

TEST_F(room_log_test, makes_epochs_of_eight_letters_that_differ) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const auto epoch = epochs();
    ASSERT_EQ(epoch.size(), 8u);
    for (const char c : epoch)
      ASSERT_TRUE((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) << epoch;
    seen.insert(epoch);
  }
  EXPECT_EQ(seen.size(), 100u);
}

TEST_F(room_log_test, keeps_what_the_publisher_said) {
  auto log = make();
  auto request = message("a");
  request.mutable_info()->set_user("ann");
  (*request.mutable_tags())["k"] = "v";
  const auto made = publish(log, request).publication;
  EXPECT_EQ(made->info().user(), "ann");
  EXPECT_EQ(made->tags().at("k"), "v");
  EXPECT_EQ(made->time(), 0); // clients do not get one
}

TEST_F(room_log_test, gives_no_offset_without_history) {
  options.history_size = 0;
  auto log = make();
  const auto made = publish(log, "a");
  EXPECT_EQ(log.epoch(), "");
  EXPECT_EQ(made.at.offset, 0u);
  EXPECT_EQ(made.at.epoch, "");
  EXPECT_EQ(made.publication->offset(), 0u);
  EXPECT_EQ(made.publication->epoch(), "");
  EXPECT_TRUE(log.forgettable(now));
}

TEST_F(room_log_test, gives_no_offset_to_what_skips_history) {
  auto log = make();
  publish(log, "a");
  auto request = message("b");
  request.set_skip_history(true);
  const auto made = publish(log, request);
  EXPECT_EQ(made.at.offset, 0u);
  EXPECT_EQ(made.publication->offset(), 0u);
  EXPECT_EQ(log.offset(), 1u);
  EXPECT_EQ(log.history_size(), 1u);
}

TEST_F(room_log_test, keeps_the_newest_up_to_the_size) {
  auto log = make();
  publish_many(log, 8);
  EXPECT_THAT(offsets(log.history(-1, {}, false)), ElementsAre(4, 5, 6, 7, 8));
}

TEST_F(room_log_test, keeps_the_newest_up_to_the_bytes) {
  limits.history_bytes = 3'000;
  auto log = make();
  for (int i = 0; i < 5; ++i)
    publish(log, std::string(1'000, 'x'));
  EXPECT_THAT(offsets(log.history(-1, {}, false)), ElementsAre(4, 5));
  EXPECT_LE(log.history_bytes(), 3'000u);
  EXPECT_GT(log.history_bytes(), 2'000u);
}

TEST_F(room_log_test, does_not_keep_what_is_larger_than_all_bytes) {
  limits.history_bytes = 500;
  auto log = make();
  EXPECT_EQ(publish(log, std::string(1'000, 'x')).at.offset, 1u);
  EXPECT_EQ(log.history_size(), 0u);
  EXPECT_EQ(log.history_bytes(), 0u);
  EXPECT_FALSE(log.recover({log.epoch(), 0}).continued);
}

TEST_F(room_log_test, drops_what_is_older_than_the_ttl) {
  auto log = make();
  publish(log, "a");
  now += 30s;
  publish(log, "b");
  EXPECT_EQ(log.next_expiry(true), now + 30s);
  now += 30s;
  log.expire(now, true);
  EXPECT_THAT(offsets(log.history(-1, {}, false)), ElementsAre(2));
  EXPECT_EQ(log.offset(), 2u);
}

TEST_F(room_log_test, pages_forwards) {
  auto log = make();
  publish_many(log, 8); // 4..8 are kept
  const room_log::position at_5{log.epoch(), 5};
  EXPECT_THAT(offsets(log.history(0, {}, false)), IsEmpty());
  EXPECT_THAT(offsets(log.history(2, {}, false)), ElementsAre(4, 5));
  EXPECT_THAT(offsets(log.history(2, at_5, false)), ElementsAre(6, 7));
  EXPECT_THAT(offsets(log.history(-1, at_5, false)), ElementsAre(6, 7, 8));
  EXPECT_THAT(offsets(log.history(-1, {{log.epoch(), 8}}, false)), IsEmpty());
  EXPECT_THAT(offsets(log.history(-1, {{"", 7}}, false)), ElementsAre(8));
  EXPECT_THAT(offsets(log.history(1, {{"", 1}}, false)), ElementsAre(4));
}

TEST_F(room_log_test, pages_backwards) {
  auto log = make();
  publish_many(log, 8);
  EXPECT_THAT(offsets(log.history(2, {}, true)), ElementsAre(8, 7));
  EXPECT_THAT(offsets(log.history(2, {{log.epoch(), 7}}, true)),
              ElementsAre(6, 5));
  EXPECT_THAT(offsets(log.history(-1, {{"", 4}}, true)), IsEmpty());
  EXPECT_THAT(offsets(log.history(-1, {{"", 100}}, true)),
              ElementsAre(8, 7, 6, 5, 4));
}

TEST_F(room_log_test, ends_a_history_at_a_number_of_bytes) {
  options.history_size = 10;
  auto log = make();
  publish(log, "the first, which names the epoch");
  const auto first = log.history_bytes();
  for (const auto digit : {'2', '3', '4', '5'})
    publish(log, std::string(1'000, digit));
  const auto one = (log.history_bytes() - first) / 4;
  const auto after = [&log](std::uint64_t offset) {
    return room_log::position{log.epoch(), offset};
  };
  EXPECT_THAT(offsets(log.history(-1, after(1), false, 2 * one)),
              ElementsAre(2, 3));
  EXPECT_THAT(offsets(log.history(-1, after(1), false, 3 * one - 1)),
              ElementsAre(2, 3));
  EXPECT_THAT(offsets(log.history(-1, after(2), false, 2 * one)),
              ElementsAre(3, 4));
  EXPECT_THAT(offsets(log.history(-1, {}, true, 2 * one)), ElementsAre(5, 4));
  EXPECT_THAT(offsets(log.history(1, after(1), false, 2 * one)),
              ElementsAre(2));
}

TEST_F(room_log_test, gives_one_publication_whatever_its_size) {
  auto log = make();
  publish(log, std::string(1'000, 'x'));
  publish(log, "2");
  EXPECT_THAT(offsets(log.history(-1, {}, false, 10)), ElementsAre(1));
  EXPECT_THAT(offsets(log.history(0, {}, false, 10)), IsEmpty());
}

TEST_F(room_log_test, refuses_a_page_of_another_epoch) {
  auto log = make();
  EXPECT_EQ(std::get<1>(log.history(1, {{"other", 0}}, false)),
            proto::errc::unrecoverable_position);
}

TEST_F(room_log_test, refuses_to_go_back_from_nothing) {
  auto log = make();
  EXPECT_EQ(std::get<1>(log.history(1, {{log.epoch(), 0}}, true)),
            proto::errc::bad_request);
}

TEST_F(room_log_test, recovers_exactly_what_was_missed) {
  auto log = make();
  publish_many(log, 8);
  const auto some = log.recover({log.epoch(), 6});
  EXPECT_TRUE(some.continued);
  EXPECT_THAT(offsets(some.publications), ElementsAre(7, 8));
  const auto all = log.recover({log.epoch(), 3});
  EXPECT_TRUE(all.continued);
  EXPECT_THAT(offsets(all.publications), ElementsAre(4, 5, 6, 7, 8));
  const auto none = log.recover({log.epoch(), 8});
  EXPECT_TRUE(none.continued);
  EXPECT_THAT(none.publications, IsEmpty());
  EXPECT_TRUE(log.recover({"", 7}).continued);
}

TEST_F(room_log_test, does_not_recover_over_a_hole) {
  auto log = make();
  publish_many(log, 8);
  EXPECT_FALSE(log.recover({log.epoch(), 2}).continued); // 3 is gone
  EXPECT_FALSE(log.recover({"other", 8}).continued);
  EXPECT_FALSE(log.recover({log.epoch(), 9}).continued);
  log.remove_history();
  EXPECT_FALSE(log.recover({log.epoch(), 7}).continued);
  EXPECT_TRUE(log.recover({log.epoch(), 8}).continued);
}

TEST_F(room_log_test, goes_on_after_its_history_was_removed) {
  auto log = make();
  const auto epoch = log.epoch();
  publish_many(log, 2);
  log.remove_history();
  EXPECT_EQ(log.history_size(), 0u);
  EXPECT_EQ(log.history_bytes(), 0u);
  EXPECT_EQ(publish(log, "c").at.offset, 3u);
  EXPECT_EQ(log.epoch(), epoch);
}

TEST_F(room_log_test, suppresses_an_idempotency_key_seen_before) {
  auto log = make();
  auto request = message("a");
  request.set_idempotency_key("key");
  publish(log, request);
  publish(log, "b");
  const auto again = publish(log, request);
  EXPECT_EQ(again.publication, nullptr);
  EXPECT_EQ(again.at.offset, 1u);
  EXPECT_EQ(again.at.epoch, log.epoch());
  EXPECT_EQ(log.offset(), 2u);

  now += 30s;
  log.expire(now, true);
  EXPECT_EQ(log.idempotency_keys(), 0u);
  EXPECT_EQ(publish(log, request).at.offset, 3u);
}

TEST_F(room_log_test, suppresses_an_idempotency_key_without_history) {
  options.history_size = 0;
  auto log = make();
  auto request = message("a");
  request.set_idempotency_key("key");
  EXPECT_NE(publish(log, request).publication, nullptr);
  EXPECT_EQ(publish(log, request).publication, nullptr);
  EXPECT_FALSE(log.forgettable(now));
}

TEST_F(room_log_test, forgets_the_oldest_idempotency_keys_first) {
  auto log = make();
  auto request = message("a");
  for (const char* key : {"1", "2", "3", "4"}) {
    request.set_idempotency_key(key);
    publish(log, request);
  }
  EXPECT_EQ(log.idempotency_keys(), 3u);
  request.set_idempotency_key("2");
  EXPECT_EQ(publish(log, request).publication, nullptr);
  request.set_idempotency_key("1");
  EXPECT_NE(publish(log, request).publication, nullptr);
}

TEST_F(room_log_test, suppresses_stale_versions) {
  auto log = make();
  auto versioned = [](std::uint64_t version, const std::string& epoch) {
    auto result = message("a");
    result.set_version(version);
    result.set_version_epoch(epoch);
    return result;
  };
  EXPECT_EQ(publish(log, versioned(5, "x")).at.offset, 1u);
  const auto stale = publish(log, versioned(5, "x"));
  EXPECT_EQ(stale.publication, nullptr);
  EXPECT_EQ(stale.at.offset, 1u);
  EXPECT_EQ(publish(log, versioned(4, "")).publication, nullptr);
  EXPECT_EQ(publish(log, versioned(6, "x")).at.offset, 2u);
  EXPECT_EQ(publish(log, versioned(1, "y")).at.offset, 3u);
  EXPECT_EQ(publish(log, "unversioned").at.offset, 4u);
}

TEST_F(room_log_test, starts_a_new_epoch_when_its_meta_data_expire) {
  auto log = make();
  const auto epoch = log.epoch();
  publish(log, "a");
  now += 23h;
  log.expire(now, false);
  EXPECT_EQ(log.epoch(), epoch);
  EXPECT_EQ(log.next_expiry(false), now + 1h);
  EXPECT_FALSE(log.forgettable(now));
  now += 1h;
  EXPECT_TRUE(log.forgettable(now));
  log.expire(now, false);
  EXPECT_NE(log.epoch(), epoch);
  EXPECT_EQ(log.offset(), 0u);
}

TEST_F(room_log_test, keeps_the_epoch_while_somebody_follows_it) {
  auto log = make();
  const auto epoch = log.epoch();
  publish(log, "a");
  now += 1000h;
  log.expire(now, true);
  EXPECT_EQ(log.epoch(), epoch);
  EXPECT_EQ(log.offset(), 1u);
  EXPECT_EQ(log.next_expiry(true), std::nullopt);
}

TEST_F(room_log_test, forgets_an_unused_epoch_soon) {
  auto log = make();
  EXPECT_FALSE(log.forgettable(now));
  now += room_log::unused_ttl;
  EXPECT_TRUE(log.forgettable(now));
}

TEST_F(room_log_test, goes_on_at_another_home) {
  auto log = make();
  publish_many(log, 7);
  auto versioned = message("v");
  versioned.set_version(9);
  versioned.set_version_epoch("e");
  versioned.set_idempotency_key("key");
  publish(log, versioned);

  auto copy = moved(log);
  EXPECT_EQ(copy.epoch(), log.epoch());
  EXPECT_EQ(copy.offset(), 8u);
  EXPECT_EQ(copy.history_bytes(), log.history_bytes());
  EXPECT_THAT(offsets(copy.history(-1, {}, false)), ElementsAre(4, 5, 6, 7, 8));
  EXPECT_EQ(publish(copy, versioned).publication, nullptr); // the key
  versioned.clear_idempotency_key();
  EXPECT_EQ(publish(copy, versioned).publication, nullptr); // the version
  EXPECT_EQ(publish(copy, "next").at.offset, 9u);
  EXPECT_EQ(std::get<0>(copy.history(1, {}, true))[0]->time(), 0);
}

TEST_F(room_log_test, keeps_the_age_of_its_history_when_it_moves) {
  auto log = make();
  publish(log, "a");
  now += 59s;
  auto copy = moved(log);
  now += 1s;
  copy.expire(now, true);
  EXPECT_EQ(copy.history_size(), 0u);
}

TEST_F(room_log_test, moves_in_pieces_that_may_come_twice) {
  options.history_size = 100;
  limits.idempotency_keys = 100;
  auto log = make();
  for (int i = 0; i < 50; ++i) {
    auto request = message(std::string(1'000, 'x'));
    request.set_idempotency_key("key " + std::to_string(i));
    publish(log, request);
  }
  std::deque<roost::link::RoomSnapshot> pieces;
  log.snapshot("room", 5'000, pieces);
  ASSERT_GT(pieces.size(), 10u);
  for (const auto& x : pieces)
    EXPECT_LT(x.ByteSizeLong(), 6'500u);

  auto copy = make();
  for (const auto& x : pieces) {
    copy.restore(x, now);
    copy.restore(x, now);
  }
  copy.restored();
  EXPECT_EQ(copy.history_size(), 50u);
  EXPECT_EQ(copy.idempotency_keys(), 50u);
  EXPECT_TRUE(copy.recover({log.epoch(), 0}).continued);
}

TEST_F(room_log_test, does_not_recover_from_half_a_move) {
  options.history_size = 100;
  auto log = make();
  for (int i = 0; i < 50; ++i)
    publish(log, std::string(1'000, 'x'));
  std::deque<roost::link::RoomSnapshot> pieces;
  log.snapshot("room", 5'000, pieces);
  auto copy = make();
  copy.restore(pieces.front(), now);
  copy.restored();
  // Offsets go on, so that none is given twice, but nothing is made up.
  EXPECT_EQ(copy.epoch(), log.epoch());
  EXPECT_EQ(copy.offset(), 50u);
  EXPECT_EQ(copy.history_size(), 0u);
  EXPECT_FALSE(copy.recover({log.epoch(), 1}).continued);
}

TEST_F(room_log_test, has_nothing_to_move_without_history_and_keys) {
  options.history_size = 0;
  auto log = make();
  publish(log, "a");
  moved(log);
  EXPECT_EQ(pieces_made, 0u);
}

} // namespace
