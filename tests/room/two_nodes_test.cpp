#include "tests/room/world.hpp"

#include <gmock/gmock.h>

namespace {

using namespace room_test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// Nodes "a" and "b"; "a" is the home of all rooms.
class two_nodes_test : public world {
protected:
  two_nodes_test() : world({"a", "b"}) {
    move_home(1, {"a", "b"}, "a");
    run();
  }

  static void expect_offsets(const recording_subscriber& who,
                             std::uint64_t first, std::uint64_t last) {
    ASSERT_EQ(who.pushes.size(), last - first + 1);
    for (const auto& x : who.pushes)
      ASSERT_EQ(x.pub().offset(), first++);
  }

  actors::subscription_request visible(const std::string& room) {
    auto result = positioned(room);
    result.features.presence = true;
    result.features.announce = true;
    result.features.push_join_leave = true;
    return result;
  }

  node& a = at("a");
  node& b = at("b");
};

TEST_F(two_nodes_test, share_a_room) {
  auto& on_a = subscribe(a, positioned("lobby"));
  auto& on_b = subscribe(b, positioned("lobby"));
  EXPECT_EQ(ask_room(a, publish("lobby", "from a"))->published().offset(), 1u);
  EXPECT_EQ(ask_room(b, publish("lobby", "from b"))->published().offset(), 2u);
  EXPECT_THAT(on_a.take_data(), ElementsAre("from a", "from b"));
  EXPECT_THAT(on_b.take_data(), ElementsAre("from a", "from b"));
  EXPECT_EQ(a.context.rooms, 1u);
  EXPECT_EQ(b.context.rooms, 0u);
}

TEST_F(two_nodes_test, hand_over_when_the_new_home_skips_a_view) {
  publish_many(a, "lobby", 1, 3);
  const auto before = top_of(a, "lobby");
  show(a, make_view(2, {"a", "b"}, "b", "a"));
  run(); // what "a" gives waits at "b" for view 2
  move_home(3, {"a", "b"}, "b", "a");
  advance(300ms);
  EXPECT_EQ(top_of(b, "lobby"), before);
  EXPECT_EQ(a.context.rooms, 0u);
}

TEST_F(two_nodes_test, send_nothing_to_a_node_without_subscribers) {
  auto& on_b = subscribe(b, positioned("lobby"));
  audience_of(b).unsubscribe(on_b, "lobby");
  run();
  EXPECT_THAT(ask_room(a, room_info("lobby"))->room_info().attached_nodes(),
              IsEmpty());
}

TEST_F(two_nodes_test, attach_again_when_the_view_knows_the_node_anew) {
  // Given a node that was started again, and attached before the home knew it
  auto& on_b = subscribe(b, positioned("lobby"));
  // When the home gets the view that knows it
  b.incarnation = "2";
  move_home(2, {"a", "b"}, "a");
  run();
  // Then its subscribers still follow the room
  publish_many(a, "lobby", 1, 2);
  expect_offsets(on_b, 1, 2);
}

TEST_F(two_nodes_test, recover_what_was_seen_on_the_other) {
  publish_many(a, "lobby", 1, 3);
  auto& on_a = subscribe(a, positioned("lobby"));
  const position seen{on_a.answer().epoch, on_a.answer().offset};
  publish_many(b, "lobby", 4, 6);
  auto& on_b = subscribe(b, recovering("lobby", seen));
  EXPECT_TRUE(on_b.answer().recovered);
  EXPECT_THAT(on_b.recovered_offsets(), ElementsAre(4, 5, 6));
  ask_room(a, publish("lobby", "7"));
  EXPECT_THAT(on_b.take_data(), ElementsAre("7"));
}

TEST_F(two_nodes_test, see_each_others_members) {
  auto& on_a = subscribe(a, visible("lobby"));
  subscribe(b, visible("lobby"));
  EXPECT_THAT(on_a.pushes, SizeIs(2)); // itself and the other
  for (auto* where : {&a, &b})
    EXPECT_EQ(ask_room(*where, presence("lobby"))->presence().presence_size(),
              2);
  const auto by_node = ask_room(b, room_info("lobby"))->room_info();
  EXPECT_EQ(by_node.members_by_node().at("a"), 1u);
  EXPECT_EQ(by_node.members_by_node().at("b"), 1u);
}

TEST_F(two_nodes_test, let_the_members_of_a_dead_node_leave) {
  auto& on_a = subscribe(a, visible("lobby"));
  subscribe(b, visible("lobby"));
  on_a.pushes.clear();
  move_home(2, {"a"}, "a");
  run();
  ASSERT_THAT(on_a.pushes, SizeIs(1));
  EXPECT_TRUE(on_a.pushes[0].has_leave());
  EXPECT_EQ(ask_room(a, presence("lobby"))->presence().presence_size(), 1);
}

TEST_F(two_nodes_test, start_a_new_epoch_when_the_home_dies) {
  auto& follows = subscribe(b, positioned("lobby"));
  auto& listens = subscribe(b, wish("lobby"));
  publish_many(a, "lobby", 1, 2);
  const position seen{follows.answer().epoch, 2};
  move_home(2, {"b"}, "b");
  run();
  EXPECT_THAT(follows.lost, ElementsAre("lobby"));
  EXPECT_THAT(listens.lost, IsEmpty());
  auto& again = subscribe(b, recovering("lobby", seen));
  EXPECT_FALSE(again.answer().recovered);
  EXPECT_NE(again.answer().epoch, seen.epoch);
  ask_room(b, publish("lobby", "new"));
  EXPECT_THAT(listens.take_data(), ElementsAre("1", "2", "new"));
  EXPECT_THAT(again.take_data(), ElementsAre("new"));
  EXPECT_THAT(follows.take_data(), ElementsAre("1", "2"));
  EXPECT_EQ(metrics_of(b).continuity_losses.value(), 1u);
}

TEST_F(two_nodes_test, tell_the_new_home_who_is_there) {
  subscribe(b, visible("plain:x"));
  move_home(2, {"b"}, "b");
  run();
  EXPECT_EQ(ask_room(b, presence("plain:x"))->presence().presence_size(), 1);
}

// -- hand-over ----------------------------------------------------------------

TEST_F(two_nodes_test, hand_rooms_over_without_a_gap) {
  auto& on_a = subscribe(a, visible("lobby"));
  auto& on_b = subscribe(b, visible("lobby"));
  publish_many(a, "lobby", 1, 3);
  const auto epoch = top_of(a, "lobby").epoch;
  move_home(2, {"a", "b"}, "b", "a");
  run();
  EXPECT_EQ(a.context.rooms, 0u);
  EXPECT_EQ(b.context.rooms, 1u);
  EXPECT_THAT(membership.take<actors::shard_settled>(), SizeIs(shards));
  publish_many(a, "lobby", 4, 5);
  publish_many(b, "lobby", 6, 6);
  EXPECT_EQ(top_of(a, "lobby"), (position{epoch, 6}));
  EXPECT_THAT(on_a.take_data(), ElementsAre("1", "2", "3", "4", "5", "6"));
  EXPECT_THAT(on_b.take_data(), ElementsAre("1", "2", "3", "4", "5", "6"));
  EXPECT_THAT(on_a.lost, IsEmpty());
  EXPECT_EQ(ask_room(a, presence("lobby"))->presence().presence_size(), 2);
  // What was missed from before the move is still there.
  auto& back = subscribe(a, recovering("lobby", {epoch, 1}));
  EXPECT_THAT(back.recovered_offsets(), ElementsAre(2, 3, 4, 5, 6));
}

TEST_F(two_nodes_test, keep_what_is_published_while_rooms_move) {
  auto& on_a = subscribe(a, positioned("lobby"));
  auto& on_b = subscribe(b, positioned("lobby"));
  publish_many(a, "lobby", 1, 3);
  std::vector<std::shared_ptr<test_support::asked<actors::room_answer>>> asked;
  // The new home hears of the view first, then the old one.
  const auto view = make_view(2, {"a", "b"}, "b", "a");
  show(b, view);
  run();
  for (auto* where : {&a, &b})
    asked.push_back(start_ask_room(*where, publish("lobby", "4 or 5")));
  run();
  show(a, view);
  run();
  for (const auto& x : asked) {
    ASSERT_FALSE(x->pending());
    EXPECT_TRUE(x->answer->reply->has_published());
  }
  expect_offsets(on_a, 1, 5);
  expect_offsets(on_b, 1, 5);
}

TEST_F(two_nodes_test, hand_many_rooms_over_in_parts) {
  std::map<std::string, position> before;
  for (int i = 0; i < 40; ++i) {
    const auto room = "room " + std::to_string(i);
    for (int n = 0; n < 10; ++n)
      ask_room(a, publish(room, std::string(5'000, 'x')));
    before[room] = top_of(a, room);
  }
  move_home(2, {"a", "b"}, "b", "a");
  run();
  EXPECT_EQ(a.context.rooms, 0u);
  for (const auto& [room, top] : before) {
    EXPECT_EQ(top_of(b, room), top);
    const auto all = ask_room(b, history(room, -1))->history();
    EXPECT_EQ(all.publications_size(), 10);
  }
}

TEST_F(two_nodes_test, hand_rooms_back_and_forth) {
  auto& on_a = subscribe(a, positioned("lobby"));
  for (std::uint64_t view = 2; view < 10; ++view) {
    publish_many(b, "lobby", 1, 3);
    const bool to_b = view % 2 == 0;
    move_home(view, {"a", "b"}, to_b ? "b" : "a", to_b ? "a" : "b");
    run();
  }
  expect_offsets(on_a, 1, 24);
}

TEST_F(two_nodes_test, hand_over_again_after_a_cut) {
  publish_many(a, "lobby", 1, 3);
  const auto top = top_of(a, "lobby");
  cut("a", "b");
  move_home(2, {"a", "b"}, "b", "a");
  run();
  mend("a", "b");
  advance(200ms);
  EXPECT_EQ(top_of(b, "lobby"), top);
}

TEST_F(two_nodes_test, do_not_follow_a_home_of_an_older_view) {
  // The audience of "b" hears of the move first: its attach request must not
  // be taken to the old home, which would serve it and then give the room away.
  auto& on_b = subscribe(b, positioned("lobby"));
  publish_many(a, "lobby", 1, 2);
  const auto view = make_view(2, {"a", "b"}, "b", "a");
  auto now = std::make_shared<actors::cluster_view>();
  now->view = view;
  now->self = "b";
  now->links = b.links;
  tell(audience_handle(b), actors::view_changed{now});
  run();
  show(a, view);
  show(b, view);
  run();
  publish_many(a, "lobby", 3, 4);
  expect_offsets(on_b, 1, 4);
}

TEST_F(two_nodes_test, attach_again_after_a_view_that_one_did_not_see) {
  auto& on_b = subscribe(b, positioned("lobby"));
  auto& listens = subscribe(b, wish("lobby"));
  show(a, make_view(2, {"a", "b"}, ""));
  run();
  move_home(3, {"a", "b"}, "a");
  run();
  EXPECT_THAT(on_b.lost, ElementsAre("lobby"));
  publish_many(a, "lobby", 1, 1);
  EXPECT_THAT(listens.take_data(), ElementsAre("1"));
}

// -- holes --------------------------------------------------------------------

TEST_F(two_nodes_test, fill_a_hole_from_the_history) {
  auto& on_b = subscribe(b, positioned("lobby"));
  publish_many(a, "lobby", 1, 2);
  wire("a", "b").drop_events = 2;
  publish_many(a, "lobby", 3, 5);
  expect_offsets(on_b, 1, 5);
  EXPECT_THAT(on_b.lost, IsEmpty());
  EXPECT_EQ(metrics_of(b).audience_resyncs.value(), 1u);
}

TEST_F(two_nodes_test, fill_a_hole_at_the_end) {
  auto& on_b = subscribe(b, positioned("lobby"));
  wire("a", "b").drop_events = 1;
  publish_many(a, "lobby", 1, 1);
  EXPECT_THAT(on_b.pushes, IsEmpty());
  for (auto* end : ends_of("a", "b"))
    end->in_handler([end] { end->tell_gaps(); });
  run();
  expect_offsets(on_b, 1, 1);
}

TEST_F(two_nodes_test, tell_of_a_hole_that_history_cannot_fill) {
  auto& follows = subscribe(b, positioned("small:x"));
  auto& listens = subscribe(b, wish("small:x"));
  wire("a", "b").drop_events = 6;
  publish_many(a, "small:x", 1, 7);
  EXPECT_THAT(follows.lost, ElementsAre("small:x"));
  EXPECT_THAT(follows.pushes, IsEmpty());
  publish_many(a, "small:x", 8, 8);
  EXPECT_THAT(listens.take_data(), ElementsAre("8"));
  // Coming back is possible at once.
  start_subscribe(b, follows, positioned("small:x"));
  run();
  publish_many(a, "small:x", 9, 9);
  EXPECT_THAT(follows.take_data(), ElementsAre("9"));
}

TEST_F(two_nodes_test, take_presence_out_with_a_lost_subscription) {
  subscribe(b, visible("small:x"));
  wire("a", "b").drop_events = 6;
  publish_many(a, "small:x", 1, 7);
  EXPECT_EQ(ask_room(a, presence("small:x"))->presence().presence_size(), 0);
}

TEST_F(two_nodes_test, ignore_events_that_come_twice) {
  auto& on_b = subscribe(b, positioned("lobby"));
  publish_many(a, "lobby", 1, 3);
  auto events = std::make_shared<actors::room_events>();
  events->room = "lobby";
  events->epoch = on_b.answer().epoch;
  for (std::uint64_t offset = 2; offset <= 4; ++offset) {
    auto made = std::make_shared<roost::client::Publication>();
    made->set_data(std::to_string(offset));
    made->set_offset(offset);
    events->events.push_back({made, nullptr, nullptr});
  }
  tell(audience_handle(b), actors::deliver_events{events});
  run();
  expect_offsets(on_b, 1, 4);
}

TEST_F(two_nodes_test, ask_the_home_when_another_epoch_speaks) {
  auto& on_b = subscribe(b, positioned("lobby"));
  publish_many(a, "lobby", 1, 3);
  auto events = std::make_shared<actors::room_events>();
  events->room = "lobby";
  events->epoch = "other";
  auto made = std::make_shared<roost::client::Publication>();
  made->set_offset(1);
  events->events.push_back({made, nullptr, nullptr});
  tell(audience_handle(b), actors::deliver_events{events});
  run();
  // The home still has the epoch that is followed here.
  EXPECT_EQ(metrics_of(b).audience_resyncs.value(), 1u);
  EXPECT_THAT(on_b.lost, IsEmpty());
  expect_offsets(on_b, 1, 3);
}

// -- cut links ----------------------------------------------------------------

TEST_F(two_nodes_test, give_what_was_missed_during_a_cut) {
  auto& on_b = subscribe(b, visible("lobby"));
  publish_many(a, "lobby", 1, 1);
  cut("a", "b");
  publish_many(a, "lobby", 2, 4);
  EXPECT_EQ(ask_room(b, publish("lobby", "lost"))->error().code(),
            static_cast<std::uint32_t>(proto::errc::internal));
  mend("a", "b");
  run();
  publish_many(b, "lobby", 5, 5);
  std::vector<std::uint64_t> offsets;
  for (const auto& x : on_b.pushes)
    if (x.has_pub())
      offsets.push_back(x.pub().offset());
  EXPECT_THAT(offsets, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(ask_room(b, presence("lobby"))->presence().presence_size(), 1);
}

TEST_F(two_nodes_test, tell_again_of_who_left_during_a_cut) {
  auto& on_b = subscribe(b, visible("lobby"));
  cut("a", "b");
  audience_of(b).unsubscribe(on_b, "lobby");
  run();
  mend("a", "b");
  advance(2s);
  EXPECT_EQ(ask_room(a, presence("lobby"))->presence().presence_size(), 0);
  // The leave event told the audience that it is still attached.
  EXPECT_THAT(ask_room(a, room_info("lobby"))->room_info().attached_nodes(),
              IsEmpty());
}

TEST_F(two_nodes_test, do_not_tell_that_somebody_left_who_is_back) {
  const auto request = visible("lobby");
  auto& on_b = subscribe(b, request);
  cut("a", "b");
  audience_of(b).unsubscribe(on_b, "lobby");
  run();
  mend("a", "b");
  start_subscribe(b, on_b, request);
  advance(5s);
  EXPECT_EQ(ask_room(a, presence("lobby"))->presence().presence_size(), 1);
}

TEST_F(two_nodes_test, tell_the_last_of_who_comes_and_goes_quickly) {
  auto& watcher = subscribe(a, visible("lobby"));
  const auto request = visible("lobby");
  auto& on_b = subscribe(b, request);
  run();
  watcher.pushes.clear();
  for (int i = 0; i < 1'000; ++i) {
    audience_of(b).unsubscribe(on_b, "lobby");
    start_subscribe(b, on_b, request);
  }
  audience_of(b).unsubscribe(on_b, "lobby");
  EXPECT_EQ(metrics_of(b).member_news.value(), 1);
  run();
  EXPECT_EQ(metrics_of(b).member_news.value(), 0);
  EXPECT_EQ(ask_room(a, presence("lobby"))->presence().presence_size(), 1);
  ASSERT_THAT(watcher.pushes, SizeIs(1));
  EXPECT_TRUE(watcher.pushes[0].has_leave());
}

TEST_F(two_nodes_test, tell_again_of_who_came_during_a_cut) {
  subscribe(b, positioned("lobby")); // the room is live there
  cut("a", "b");
  auto& on_b = subscribe(b, visible("lobby"));
  EXPECT_TRUE(on_b.is_subscribed());
  wire("a", "b").up = true;
  advance(3s);
  EXPECT_EQ(ask_room(a, presence("lobby"))->presence().presence_size(), 1);
}

TEST_F(two_nodes_test, let_new_subscribers_wait_through_a_short_cut) {
  cut("a", "b");
  auto& who = subscribe(b, positioned("lobby"));
  EXPECT_FALSE(who.outcome);
  advance(1s);
  EXPECT_FALSE(who.outcome);
  wire("a", "b").up = true; // nobody is told; the audience tries by itself
  advance(2s);
  EXPECT_TRUE(who.is_subscribed());
}

TEST_F(two_nodes_test, answer_new_subscribers_when_a_cut_is_long) {
  subscribe(b, positioned("lobby"));
  cut("a", "b");
  auto& who = make_subscriber();
  start_subscribe(b, who, positioned("other"));
  advance(5s);
  EXPECT_EQ(who.error(), proto::errc::internal);
}

TEST_F(two_nodes_test, recover_through_a_lost_answer) {
  publish_many(a, "lobby", 1, 5);
  subscribe(b, positioned("lobby"));
  const auto epoch = top_of(a, "lobby").epoch;
  wire("a", "b").drop_replies = 1;
  auto& who = subscribe(b, recovering("lobby", {epoch, 2}));
  advance(1s);
  EXPECT_TRUE(who.answer().recovered);
  EXPECT_THAT(who.recovered_offsets(), ElementsAre(3, 4, 5));
}

TEST_F(two_nodes_test, ask_again_when_events_before_an_answer_were_lost) {
  publish_many(a, "lobby", 1, 5);
  auto& first = subscribe(b, positioned("lobby"));
  const auto epoch = top_of(a, "lobby").epoch;
  wire("a", "b").drop_events = 1;
  publish_many(a, "lobby", 6, 6);
  auto& who = subscribe(b, recovering("lobby", {epoch, 2}));
  EXPECT_EQ(who.error(), proto::errc::internal); // three times in vain
  publish_many(a, "lobby", 7, 7);                // with it comes the gap mark
  expect_offsets(first, 6, 7);
}

} // namespace
