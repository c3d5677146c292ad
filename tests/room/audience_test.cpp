#include "actors/room/audience/audience.hpp"
#include "tests/room/world.hpp"

#include <gmock/gmock.h>

namespace {

using namespace room_test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// One node that is the home of all rooms.
class audience_test : public world {
protected:
  audience_test() {
    move_home(1, {"a"}, "a");
    run();
  }

  void say(const std::string& room, const std::string& data) {
    ask_room(here, publish(room, data));
  }

  node& here = at("a");
};

TEST_F(audience_test, hands_out_what_is_published_after_the_answer) {
  say("lobby", "before");
  auto& who = subscribe(here, positioned("lobby"));
  ASSERT_TRUE(who.is_subscribed());
  EXPECT_EQ(who.answer().offset, 1u);
  EXPECT_EQ(who.answer().epoch, top_of(here, "lobby").epoch);
  EXPECT_TRUE(who.answer().positioned);
  EXPECT_TRUE(who.answer().recoverable);
  EXPECT_FALSE(who.answer().recovered);
  EXPECT_FALSE(who.answer().was_recovering);
  say("lobby", "after");
  ASSERT_THAT(who.pushes, SizeIs(1));
  EXPECT_EQ(who.pushes[0].channel(), "lobby");
  EXPECT_EQ(who.pushes[0].pub().data(), "after");
  EXPECT_EQ(who.pushes[0].pub().offset(), 2u);
  EXPECT_EQ(metrics_of(here).publications_delivered.value(), 1u);
  EXPECT_EQ(metrics_of(here).frames_encoded.value(), 1u);
}

TEST_F(audience_test, says_no_position_to_who_did_not_ask) {
  say("lobby", "before");
  auto& who = subscribe(here, wish("lobby"));
  EXPECT_FALSE(who.answer().positioned);
  EXPECT_EQ(who.answer().offset, 0u);
  EXPECT_EQ(who.answer().epoch, "");
}

TEST_F(audience_test, answers_at_once_in_a_live_room) {
  subscribe(here, positioned("lobby"));
  auto& who = make_subscriber();
  start_subscribe(here, who, positioned("lobby"));
  EXPECT_TRUE(who.is_subscribed());
}

TEST_F(audience_test, encodes_once_for_many_subscribers) {
  for (int i = 0; i < 50; ++i)
    subscribe(here, positioned("lobby"));
  say("lobby", "1");
  EXPECT_EQ(metrics_of(here).frames_encoded.value(), 1u);
  EXPECT_EQ(metrics_of(here).publications_delivered.value(), 50u);
  for (auto& x : subscribers)
    EXPECT_THAT(x.take_data(), ElementsAre("1"));
}

TEST_F(audience_test, puts_what_comes_in_a_turn_into_one_frame) {
  auto& who = subscribe(here, positioned("lobby"));
  for (const char* data : {"1", "2", "3"})
    start_ask_room(here, publish("lobby", data));
  run();
  EXPECT_EQ(who.frames, 1u);
  EXPECT_THAT(who.take_data(), ElementsAre("1", "2", "3"));
}

TEST_F(audience_test, does_not_push_what_a_position_covers) {
  // Publications wait for the end of the turn when the second one comes in.
  auto& first = subscribe(here, positioned("lobby"));
  auto events = std::make_shared<actors::room_events>();
  events->room = "lobby";
  events->epoch = top_of(here, "lobby").epoch;
  auto made = std::make_shared<roost::client::Publication>();
  made->set_data("1");
  made->set_offset(1);
  events->events.push_back({made, nullptr, nullptr});
  auto& second = make_subscriber();
  tell(audience_handle(here), actors::deliver_events{events});
  // Runs in the same turn, after the events.
  struct late final : actors::turn_end_task {
    std::function<void()> f;
    void at_turn_end() override { f(); }
  } at_end;
  at_end.f = [&] {
    start_subscribe(here, second, positioned("lobby"));
  };
  lane().at_turn_end(at_end, actors::turn_phase::fan_out);
  run();
  EXPECT_EQ(second.answer().offset, 1u);
  EXPECT_THAT(second.take_data(), IsEmpty());
  EXPECT_THAT(first.take_data(), ElementsAre("1"));
}

TEST_F(audience_test, speaks_each_format) {
  auto& json = make_subscriber(proto::wire_format::json);
  start_subscribe(here, json, wish("lobby"));
  auto& protobuf = subscribe(here, wish("lobby"));
  say("lobby", R"({"a":1})");
  EXPECT_EQ(
      json.text,
      R"({"push":{"channel":"lobby","pub":{"data":{"a":1},"offset":1,"epoch":")"
          + top_of(here, "lobby").epoch + "\"}}}\n");
  EXPECT_THAT(protobuf.take_data(), ElementsAre(R"({"a":1})"));
  EXPECT_EQ(metrics_of(here).frames_encoded.value(), 2u);
}

TEST_F(audience_test, names_rooms_by_number_to_who_understands) {
  auto request = wish("lobby");
  request.features.compaction = true;
  auto& compact = subscribe(here, request);
  auto& second = subscribe(here, [&] {
    auto other = wish("other");
    other.features.compaction = true;
    return other;
  }());
  auto& plain = subscribe(here, wish("lobby"));
  EXPECT_GT(compact.answer().id, 0);
  EXPECT_GT(second.answer().id, 0);
  EXPECT_NE(compact.answer().id, second.answer().id);
  EXPECT_EQ(plain.answer().id, 0);
  say("lobby", "1");
  EXPECT_EQ(compact.pushes.at(0).id(), compact.answer().id);
  EXPECT_EQ(compact.pushes.at(0).channel(), "");
  EXPECT_EQ(plain.pushes.at(0).id(), 0);
  EXPECT_EQ(plain.pushes.at(0).channel(), "lobby");
}

TEST_F(audience_test, gives_no_numbers_where_the_namespace_does_not_allow) {
  channels.without_namespace.allow_channel_compaction = false;
  auto request = wish("lobby");
  request.features.compaction = true;
  EXPECT_EQ(subscribe(here, request).answer().id, 0);
}

TEST_F(audience_test, tells_who_comes_and_goes_to_who_asked) {
  auto request = wish("lobby");
  request.features.push_join_leave = true;
  auto& watcher = subscribe(here, request);
  auto& other = subscribe(here, wish("lobby"));
  auto announced = wish("lobby");
  announced.features.announce = true;
  announced.features.presence = true;
  announced.features.push_join_leave = true;
  auto& joiner = subscribe(here, announced);
  ASSERT_THAT(watcher.pushes, SizeIs(1));
  EXPECT_EQ(watcher.pushes[0].join().info().client(), announced.info.client());
  // The joiner hears of itself, after its answer.
  EXPECT_THAT(joiner.pushes, SizeIs(1));
  EXPECT_EQ(joiner.frames_at_outcome, 0u);
  EXPECT_THAT(other.pushes, IsEmpty());
  EXPECT_EQ(metrics_of(here).joins_delivered.value(), 2u);

  audience_of(here).unsubscribe(joiner, "lobby");
  run();
  ASSERT_THAT(watcher.pushes, SizeIs(2));
  EXPECT_EQ(watcher.pushes[1].leave().info().client(), announced.info.client());
  EXPECT_EQ(metrics_of(here).leaves_delivered.value(), 1u);
}

TEST_F(audience_test, keeps_presence) {
  auto request = wish("lobby");
  request.features.presence = true;
  auto& who = subscribe(here, request);
  subscribe(here, wish("lobby")); // does not want to be seen
  EXPECT_EQ(ask_room(here, presence("lobby"))->presence().presence_size(), 1);

  auto changed = request.info;
  changed.set_conn_info("new");
  audience_of(here).update_info(who, "lobby", changed);
  run();
  EXPECT_EQ(ask_room(here, presence("lobby"))
                ->presence()
                .presence()
                .at(request.info.client())
                .conn_info(),
            "new");
  audience_of(here).unsubscribe(who, "lobby");
  run();
  EXPECT_EQ(ask_room(here, presence("lobby"))->presence().presence_size(), 0);
}

TEST_F(audience_test, is_in_presence_when_it_asks_after_the_answer) {
  subscribe(here, wish("lobby")); // the room is live
  auto request = wish("lobby");
  request.features.presence = true;
  auto& who = make_subscriber();
  start_subscribe(here, who, request);
  ASSERT_TRUE(who.is_subscribed());
  EXPECT_EQ(ask_room(here, presence("lobby"))->presence().presence_size(), 1);
}

TEST_F(audience_test, stops_pushing_to_who_left) {
  auto& who = subscribe(here, positioned("lobby"));
  auto& stays = subscribe(here, positioned("lobby"));
  audience_of(here).unsubscribe(who, "lobby");
  audience_of(here).unsubscribe(who, "lobby"); // harmless
  audience_of(here).unsubscribe(who, "never heard of");
  say("lobby", "1");
  EXPECT_THAT(who.take_data(), IsEmpty());
  EXPECT_THAT(stays.take_data(), ElementsAre("1"));
}

TEST_F(audience_test, detaches_when_the_last_has_left) {
  auto& who = subscribe(here, positioned("lobby"));
  EXPECT_EQ(metrics_of(here).audience_rooms.value(), 1);
  EXPECT_THAT(ask_room(here, room_info("lobby"))->room_info().attached_nodes(),
              ElementsAre("a"));
  audience_of(here).unsubscribe(who, "lobby");
  run();
  EXPECT_EQ(metrics_of(here).audience_rooms.value(), 0);
  EXPECT_THAT(ask_room(here, room_info("lobby"))->room_info().attached_nodes(),
              IsEmpty());
}

TEST_F(audience_test, does_not_answer_who_left_while_it_waited) {
  auto& who = make_subscriber();
  start_subscribe(here, who, positioned("lobby"));
  audience_of(here).unsubscribe(who, "lobby");
  run();
  EXPECT_FALSE(who.outcome);
  EXPECT_EQ(metrics_of(here).audience_rooms.value(), 0);
}

TEST_F(audience_test, may_be_entered_and_left_again_at_once) {
  auto& who = make_subscriber();
  start_subscribe(here, who, positioned("lobby"));
  audience_of(here).unsubscribe(who, "lobby");
  start_subscribe(here, who, positioned("lobby"));
  run();
  EXPECT_TRUE(who.is_subscribed());
  say("lobby", "1");
  EXPECT_THAT(who.take_data(), ElementsAre("1"));
}

TEST_F(audience_test, lets_a_subscriber_act_within_its_answer) {
  auto& other = make_subscriber();
  auto& who = make_subscriber();
  bool acted = false;
  who.on_outcome = [&] {
    if (std::exchange(acted, true))
      return;
    audience_of(here).unsubscribe(who, "lobby");
    audience_of(here).unsubscribe(other, "lobby"); // which waits as well
    start_subscribe(here, who, positioned("second"));
  };
  start_subscribe(here, who, positioned("lobby"));
  start_subscribe(here, other, positioned("lobby"));
  run();
  EXPECT_FALSE(other.outcome);
  say("lobby", "1");
  say("second", "2");
  EXPECT_THAT(who.take_data(), ElementsAre("2"));
  EXPECT_EQ(metrics_of(here).audience_rooms.value(), 1);
}

TEST_F(audience_test, refuses_a_second_subscription_to_the_same_room) {
  auto& who = subscribe(here, positioned("lobby"));
  start_subscribe(here, who, positioned("lobby"));
  EXPECT_EQ(who.error(), proto::errc::already_subscribed);
}

TEST_F(audience_test, survives_a_connection_that_fails_in_its_answer) {
  auto& who = make_subscriber();
  who.on_outcome = [] {
    throw std::runtime_error("asked to fail");
  };
  start_subscribe(here, who, positioned("lobby"));
  run();
  auto& other = subscribe(here, positioned("lobby"));
  say("lobby", "1");
  EXPECT_THAT(other.take_data(), ElementsAre("1"));
}

TEST_F(audience_test, passes_the_errors_of_the_home_on) {
  here.context.limits.rooms_per_node = 0;
  EXPECT_EQ(subscribe(here, wish("lobby")).error(),
            proto::errc::limit_exceeded);
  EXPECT_EQ(subscribe(here, wish("unknown:x")).error(),
            proto::errc::unknown_channel);
  EXPECT_EQ(metrics_of(here).audience_rooms.value(), 0);
}

TEST_F(audience_test, says_which_rooms_have_subscribers) {
  subscribe(here, wish("one"));
  subscribe(here, wish("two"));
  subscribe(here, wish("two"));
  auto all = audience_of(here).rooms([](std::string_view) { return true; });
  EXPECT_THAT(all,
              ElementsAre(testing::Pair("one", 1u), testing::Pair("two", 2u)));
  auto some = audience_of(here).rooms(
      [](std::string_view name) { return name == "one"; });
  EXPECT_THAT(some, SizeIs(1));
}

TEST_F(audience_test, hands_out_what_skips_history) {
  auto& who = subscribe(here, positioned("lobby"));
  auto request = publish("lobby", "flash");
  request->mutable_publish()->set_skip_history(true);
  ask_room(here, request);
  say("lobby", "1");
  EXPECT_EQ(who.pushes.at(0).pub().offset(), 0u);
  EXPECT_THAT(who.take_data(), ElementsAre("flash", "1"));
  EXPECT_THAT(who.lost, IsEmpty());
}

TEST_F(audience_test, hands_out_what_has_no_history) {
  auto& who = subscribe(here, positioned("plain:x"));
  EXPECT_EQ(who.answer().offset, 0u);
  EXPECT_EQ(who.answer().epoch, "");
  say("plain:x", "1");
  say("plain:x", "2");
  EXPECT_THAT(who.take_data(), ElementsAre("1", "2"));
}

// -- waiting ------------------------------------------------------------------

class waiting_audience_test : public world {
protected:
  node& here = at("a");
};

TEST_F(waiting_audience_test, lets_subscribers_wait_for_the_first_view) {
  auto& who = subscribe(here, positioned("lobby"));
  EXPECT_FALSE(who.outcome);
  move_home(1, {"a"}, "a");
  run();
  EXPECT_TRUE(who.is_subscribed());
}

TEST_F(waiting_audience_test, answers_in_time_when_no_home_appears) {
  auto& who = subscribe(here, positioned("lobby"));
  advance(2s);
  auto& later = subscribe(here, positioned("lobby"));
  advance(2s);
  EXPECT_EQ(who.error(), proto::errc::internal);
  EXPECT_FALSE(later.outcome);
  advance(2s);
  EXPECT_EQ(later.error(), proto::errc::internal);
  EXPECT_EQ(metrics_of(here).audience_rooms.value(), 0);
}

} // namespace
