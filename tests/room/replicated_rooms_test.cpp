#include "tests/room/world.hpp"

#include <gmock/gmock.h>

#include <set>

namespace {

using namespace room_test;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto internal = static_cast<std::uint32_t>(proto::errc::internal);

/// Nodes "a", "b" and "c" with copies of their rooms; "a" is the first home,
/// "b" its standby.
class replicated_rooms_test : public world {
protected:
  replicated_rooms_test() : world({"a", "b", "c"}) {
    channels.without_namespace.replicas = 1;
    for (auto& x : nodes)
      x->context.lease.extend(lane().now() + 1h);
    show_all(1, "a", {}, {"b"});
    settle();
    show_all(2, "a", {"b"});
    settle();
    membership.take<actors::copies_report>();
  }

  /// Shows these nodes, or all, a view with copies of all shards; its number
  /// is the term.
  void show_all(std::uint64_t number, const std::string& home,
                const std::vector<std::string>& standbys,
                const std::vector<std::string>& learners = {},
                const std::vector<std::string>& to = {"a", "b", "c"},
                const std::string& donor = {}) {
    auto view = make_view(number, {"a", "b", "c"}, home, donor);
    for (std::uint32_t i = 0; i < shards; ++i) {
      auto& copies = *view->add_copies();
      copies.set_term(number);
      copies.set_anew(anew);
      for (const auto& x : standbys)
        copies.add_standbys(x[0] - 'a');
      for (const auto& x : learners)
        copies.add_learners(x[0] - 'a');
    }
    for (const auto& x : to)
      show(at(x), view);
    run();
  }

  /// Shows "c" a view whose home it can't reach.
  void lose_sight_of_a(std::uint64_t number) {
    auto now = std::make_shared<actors::cluster_view>();
    now->view = make_view(number, {"a", "b", "c"}, "a");
    now->self = "c";
    now->links = c.links;
    now->unreachable = {"a"};
    for (const auto& x : c.directory->shards())
      tell(x, actors::view_changed{now});
    run();
  }

  void settle() { advance(200ms); }

  static request_ptr once(const std::string& room, const std::string& data) {
    auto result = publish(room, data);
    result->mutable_publish()->set_idempotency_key("key of " + data);
    return result;
  }

  /// What the history of a room says at `where`.
  std::vector<std::string> kept(node& where, const std::string& room) {
    std::vector<std::string> result;
    const auto asked = start_ask_room(where, history(room, -1));
    settle();
    if (!asked->answer) {
      ADD_FAILURE() << "no answer from " << where.name;
      return result;
    }
    for (const auto& x : asked->answer->reply->history().publications())
      result.push_back(x.data());
    return result;
  }

  /// Hands the shard of `room` over to `where`, all but the last part: nothing
  /// is in flight after the record with number `committed`.
  std::shared_ptr<roost::link::ShardReply> give_tail(node& where,
                                                     const std::string& room,
                                                     std::uint64_t view,
                                                     std::uint64_t committed) {
    auto request = std::make_shared<roost::link::ShardRequest>();
    request->set_shard(actors::shard_of(room, shards));
    request->mutable_hand_over()->set_view(view);
    auto& tail = *request->mutable_hand_over()->mutable_tail();
    tail.set_first(committed + 1);
    tail.set_committed(committed);
    const auto answer = ask<actors::shard_answer>((*where.directory)[room],
                                                  actors::ask_shard{request});
    return answer ? answer->reply : nullptr;
  }

  std::uint64_t anew = 1; ///< Of all shards, in views from now on.

  node& a = at("a");
  node& b = at("b");
  node& c = at("c");
};

TEST_F(replicated_rooms_test, acknowledge_and_tell_what_the_copy_has) {
  auto& member = subscribe(a, positioned("lobby"));
  cut("a", "b");
  auto asked = start_ask_room(a, publish("lobby", "1"));
  run();
  EXPECT_TRUE(asked->pending());
  EXPECT_THAT(member.take_data(), IsEmpty());
  EXPECT_THAT(kept(a, "lobby"), IsEmpty());
  mend("a", "b");
  settle();
  ASSERT_TRUE(asked->answer);
  EXPECT_EQ(asked->answer->reply->published().offset(), 1u);
  EXPECT_THAT(member.take_data(), ElementsAre("1"));
}

TEST_F(replicated_rooms_test, send_together_what_happens_together) {
  std::vector<std::string> rooms; // of all shards, two each
  for (int i = 0; i < 8; ++i)
    rooms.push_back("room-" + std::to_string(i));
  for (const auto& x : rooms) // their epochs begin
    publish_many(a, x, 1, 1);
  settle();
  auto& loads = wire("a", "b").loads;
  loads.clear();
  std::set<std::uint32_t> shards_of_rooms;
  std::vector<decltype(start_ask_room(a, nullptr))> asked;
  for (const auto& x : rooms) {
    shards_of_rooms.insert(actors::shard_of(x, shards));
    asked.push_back(start_ask_room(a, publish(x, "2")));
  }
  run();
  ASSERT_EQ(loads.size(), 1u);
  EXPECT_EQ(loads[0].requests, shards_of_rooms.size());
  EXPECT_GT(shards_of_rooms.size(), 1u);
  for (const auto& x : asked)
    ASSERT_TRUE(x->answer);
  for (const auto& x : rooms)
    EXPECT_EQ(top_of(b, x).offset, 2u);
}

TEST_F(replicated_rooms_test, bound_what_is_sent_together) {
  std::vector<std::string> rooms;
  for (int i = 0; i < 40; ++i)
    rooms.push_back("room-" + std::to_string(i));
  for (const auto& x : rooms)
    publish_many(a, x, 1, 1);
  settle();
  auto& loads = wire("a", "b").loads;
  loads.clear();
  const std::string data(50'000, 'x');
  std::vector<decltype(start_ask_room(a, nullptr))> asked;
  for (const auto& x : rooms)
    asked.push_back(start_ask_room(a, publish(x, data)));
  settle();
  for (const auto& x : asked)
    EXPECT_TRUE(x->answer);
  // A request ends with its second such publication, a load with the request
  // that fills it.
  for (const auto& x : loads)
    EXPECT_LT(x.bytes, actors::courier::load + 3 * data.size());
}

TEST_F(replicated_rooms_test, go_on_where_their_home_has_died) {
  auto& member = subscribe(c, positioned("lobby"));
  publish_many(a, "lobby", 1, 3);
  const auto before = top_of(a, "lobby");
  show_all(3, "b", {}, {}, {"b", "c"});
  settle();
  EXPECT_EQ(top_of(b, "lobby"), before);
  EXPECT_THAT(kept(c, "lobby"), ElementsAre("1", "2", "3"));
  const auto next = ask_room(c, publish("lobby", "4"));
  EXPECT_EQ(next->published().offset(), 4u);
  EXPECT_EQ(next->published().epoch(), before.epoch);
  EXPECT_THAT(member.take_data(), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(member.lost, IsEmpty());
}

// The second life of their shards began while this node saw no view.
TEST_F(replicated_rooms_test, do_not_go_on_from_a_copy_of_another_life) {
  publish_many(a, "lobby", 1, 3);
  const auto before = top_of(a, "lobby");
  show_all(3, "a", {}, {}, {"a", "c"});
  publish_many(a, "lobby", 4, 5); // b does not have these
  anew = 5;
  show_all(5, "b", {}, {}, {"b", "c"});
  const auto next = ask_room(c, publish("lobby", "6"));
  EXPECT_NE(next->published().epoch(), before.epoch);
  EXPECT_EQ(next->published().offset(), 1u);
}

TEST_F(replicated_rooms_test, do_not_go_on_at_a_home_of_another_life) {
  auto& member = subscribe(a, positioned("lobby"));
  publish_many(a, "lobby", 1, 3);
  EXPECT_THAT(member.take_data(), ElementsAre("1", "2", "3"));
  const auto before = top_of(a, "lobby");
  show_all(3, "b", {}, {}, {"b", "c"});
  publish_many(c, "lobby", 4, 5); // a does not have these
  anew = 5;
  show_all(5, "a", {}, {}, {"a", "c"});
  const auto next = ask_room(c, publish("lobby", "6"));
  EXPECT_NE(next->published().epoch(), before.epoch);
  EXPECT_EQ(next->published().offset(), 1u);
  EXPECT_THAT(member.lost, ElementsAre("lobby")); // it is told
}

TEST_F(replicated_rooms_test, give_a_key_its_offset_at_every_home) {
  ask_room(a, once("lobby", "first"));
  ask_room(a, once("lobby", "second"));
  show_all(3, "b", {}, {}, {"b", "c"});
  const auto again = ask_room(c, once("lobby", "first"));
  EXPECT_EQ(again->published().offset(), 1u);
  EXPECT_TRUE(again->published().suppressed());
  EXPECT_EQ(ask_room(c, once("lobby", "third"))->published().offset(), 3u);
}

TEST_F(replicated_rooms_test, keep_what_only_the_copy_was_told) {
  wire("a", "b").drop_shard_replies = 1'000;
  auto asked = start_ask_room(a, once("lobby", "in flight"));
  settle();
  EXPECT_TRUE(asked->pending());
  show_all(3, "b", {}, {}, {"b", "c"});
  settle();
  EXPECT_THAT(kept(c, "lobby"), ElementsAre("in flight"));
  EXPECT_EQ(ask_room(c, once("lobby", "in flight"))->published().offset(), 1u);
}

TEST_F(replicated_rooms_test, acknowledge_nothing_under_an_old_view) {
  publish_many(a, "lobby", 1, 1);
  show_all(3, "b", {}, {}, {"b", "c"});
  auto asked = start_ask_room(a, publish("lobby", "too late"));
  advance(10s);
  ASSERT_TRUE(asked->answer);
  EXPECT_EQ(asked->answer->reply->error().code(), internal);
  show_all(4, "b", {}, {"a"});
  settle();
  EXPECT_THAT(kept(a, "lobby"), ElementsAre("1"));
}

TEST_F(replicated_rooms_test, are_refused_without_copies_and_lease) {
  show_all(3, "a", {});
  EXPECT_EQ(ask_room(a, publish("lobby", "1"))->published().offset(), 1u);
  advance(2h);
  const auto reply = ask_room(a, publish("lobby", "2"));
  EXPECT_EQ(reply->error().code(), internal);
  EXPECT_THAT(reply->error().message(), testing::HasSubstr("cut off"));
  a.context.lease.extend(lane().now() + 1h);
  EXPECT_EQ(ask_room(a, publish("lobby", "2"))->published().offset(), 2u);
}

TEST_F(replicated_rooms_test, say_who_has_caught_up_and_who_is_lost) {
  publish_many(a, "lobby", 1, 2);
  show_all(3, "a", {"b"}, {"c"});
  settle();
  std::set<std::string> caught_up;
  for (const auto& x : membership.take<actors::copies_report>())
    for (const auto& node : x.report->caught_up())
      caught_up.insert(node);
  EXPECT_THAT(caught_up, ElementsAre("c"));

  cut("a", "b");
  start_ask_room(a, publish("lobby", "3"));
  advance(2s);
  std::set<std::string> lost;
  for (const auto& x : membership.take<actors::copies_report>())
    for (const auto& node : x.report->lost())
      lost.insert(node);
  EXPECT_THAT(lost, ElementsAre("b"));
}

TEST_F(replicated_rooms_test, move_with_what_is_in_flight) {
  auto& member = subscribe(c, positioned("lobby"));
  publish_many(a, "lobby", 1, 2);
  auto asked = start_ask_room(a, publish("lobby", "3"));
  show_all(3, "b", {"a"}, {}, {"a", "b", "c"}, "a");
  settle();
  ASSERT_TRUE(asked->answer);
  EXPECT_EQ(asked->answer->reply->published().offset(), 3u);
  EXPECT_EQ(ask_room(a, publish("lobby", "4"))->published().offset(), 4u);
  EXPECT_THAT(member.take_data(), ElementsAre("1", "2", "3", "4"));
  EXPECT_EQ(b.context.rooms, 1u);
  EXPECT_EQ(a.context.rooms, 0u);
}

// The view in between, in which it was the home again, was not seen there.
TEST_F(replicated_rooms_test, acknowledge_nothing_that_another_home_was_given) {
  show_all(3, "a", {"b"}, {"c"});
  settle();
  show_all(4, "a", {"b", "c"});
  settle();
  cut("a", "b");
  cut("a", "c");
  auto asked = start_ask_room(a, publish("lobby", "1"));
  run();
  show_all(5, "b", {"a", "c"}, {}, {"a"}, "a");
  mend("a", "c");
  show_all(7, "c", {}, {}, {"a", "c"}, "a");
  settle();
  EXPECT_THAT(kept(c, "lobby"), IsEmpty());
  EXPECT_TRUE(asked->pending());
  advance(4s);
  ASSERT_TRUE(asked->answer);
  EXPECT_EQ(asked->answer->reply->error().code(), internal);
}

TEST_F(replicated_rooms_test, leave_no_publisher_behind_where_a_shard_ends) {
  cut("a", "b");
  auto asked = start_ask_room(a, publish("lobby", "1"));
  run();
  show_all(3, "b", {"a"}, {}, {"a"}, "a"); // which waits for b in vain
  EXPECT_TRUE(asked->pending());
  caf::anon_send_exit((*a.directory)["lobby"], caf::exit_reason::kill);
  run();
  ASSERT_TRUE(asked->answer);
  EXPECT_EQ(asked->answer->reply->error().code(), internal);
}

TEST_F(replicated_rooms_test, go_on_when_another_takes_a_donor_s_place) {
  publish_many(a, "lobby", 1, 3);
  const auto before = top_of(a, "lobby");
  show_all(3, "b", {}, {}, {"b"}, "a");
  EXPECT_TRUE(give_tail(b, "lobby", 3, 4)->has_done());
  // The home has been c meanwhile, which got nothing.
  show_all(5, "b", {}, {}, {"b", "c"}, "c");
  settle();
  EXPECT_EQ(top_of(b, "lobby"), before);
  EXPECT_THAT(kept(c, "lobby"), ElementsAre("1", "2", "3"));
}

TEST_F(replicated_rooms_test, take_rooms_without_copies_along) {
  publish_many(a, "plain:one", 1, 1);
  auto& member = subscribe(c, wish("plain:one"));
  show_all(3, "b", {"a"}, {}, {"a", "b", "c"}, "a");
  settle();
  ask_room(c, publish("plain:one", "on"));
  EXPECT_THAT(member.take_data(), ElementsAre("on"));
}

TEST_F(replicated_rooms_test, wait_while_their_home_is_out_of_reach) {
  lose_sight_of_a(3);
  auto asked = start_ask_room(c, publish("lobby", "1"));
  run();
  EXPECT_TRUE(asked->pending());
  show_all(4, "b", {});
  EXPECT_EQ(asked->answer->reply->published().offset(), 1u);
}

TEST_F(replicated_rooms_test, are_refused_at_once_where_nobody_hears_of_homes) {
  advance(2h); // no lease any more
  lose_sight_of_a(3);
  EXPECT_EQ(ask_room(c, publish("lobby", "1"))->error().code(), internal);
}

TEST_F(replicated_rooms_test, answer_who_waits_once_nobody_hears_of_homes) {
  advance(1h - 1s); // most of the lease
  lose_sight_of_a(3);
  auto asked = start_ask_room(c, publish("lobby", "1"));
  advance(200ms);
  EXPECT_TRUE(asked->pending());
  advance(600ms);
  ASSERT_FALSE(asked->pending());
  EXPECT_EQ(asked->answer->reply->error().code(), internal);
}

TEST_F(replicated_rooms_test, answer_who_waits_for_copies_once_cut_off) {
  advance(1h - 1s);
  cut("a", "b");
  auto asked = start_ask_room(a, once("lobby", "1"));
  advance(200ms);
  EXPECT_TRUE(asked->pending());
  advance(600ms);
  ASSERT_FALSE(asked->pending());
  EXPECT_EQ(asked->answer->reply->error().code(), internal);
  // It is not lost: it has its place when it is tried again.
  a.context.lease.extend(lane().now() + 1h);
  mend("a", "b");
  settle();
  EXPECT_EQ(ask_room(a, once("lobby", "1"))->published().offset(), 1u);
  EXPECT_THAT(kept(a, "lobby"), ElementsAre("1"));
}

TEST_F(replicated_rooms_test,
       do_not_say_at_an_old_home_that_something_is_lost) {
  publish_many(a, "lobby", 1, 3);
  const auto epoch = top_of(a, "lobby").epoch;
  show_all(3, "b", {}, {}, {"b", "c"});
  publish_many(c, "lobby", 4, 5);
  advance(2h); // a hears of no coordinator
  auto ask_again = [&] {
    auto request = history("lobby", -1);
    request->mutable_history()->mutable_since()->set_epoch(epoch);
    request->mutable_history()->mutable_since()->set_offset(5);
    return ask_room(a, std::move(request));
  };
  EXPECT_EQ(ask_again()->error().code(), internal);
  b.context.lease.extend(lane().now() + 1h);
  show_all(4, "b", {});
  EXPECT_EQ(ask_again()->history().offset(), 5u);
}

} // namespace
