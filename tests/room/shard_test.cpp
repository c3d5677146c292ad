#include "actors/room/shard/shard.hpp"
#include "tests/room/world.hpp"

#include <gmock/gmock.h>

namespace {

using namespace room_test;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto internal = static_cast<std::uint32_t>(proto::errc::internal);

/// The shards of node "a", and a recorded link to "b".
class shard_test : public world {
protected:
  shard_test() : link(stand_in_for("link")) { here.links["b"] = link.handle(); }

  /// Shows a view in which `home` has all shards; empty: nobody has.
  void show_home(std::uint64_t number, const std::string& home,
                 const std::string& donor = {},
                 const std::vector<std::string>& members = {"a", "b"}) {
    auto view = std::make_shared<roost::link::View>();
    view->set_number(number);
    int index = -1;
    for (const auto& name : members) {
      view->add_members()->set_node(name);
      if (name == home)
        index = view->members_size() - 1;
    }
    for (std::uint32_t i = 0; i < shards; ++i) {
      view->add_homes(index);
      view->add_donors(donor);
    }
    show(here, view);
    run();
  }

  auto start(request_ptr request) {
    auto result = start_ask_room(here, std::move(request));
    run();
    return result;
  }

  /// A part of the hand-over of the shard of "lobby".
  std::shared_ptr<roost::link::ShardReply>
  hand_over(std::uint64_t view, bool last, std::uint64_t offset = 0) {
    auto request = std::make_shared<roost::link::ShardRequest>();
    request->set_shard(actors::shard_of("lobby", shards));
    auto& body = *request->mutable_hand_over();
    body.set_view(view);
    body.set_last(last);
    if (offset > 0) {
      auto& room = *body.add_rooms();
      room.set_room("lobby");
      room.set_epoch("abcdefgh");
      room.set_offset(offset);
    }
    const auto answer = ask<actors::shard_answer>((*here.directory)["lobby"],
                                                  actors::ask_shard{request});
    return answer ? answer->reply : nullptr;
  }

  node& here = at("a");
  test_support::stand_in link;
};

TEST_F(shard_test, lets_requests_wait_for_the_first_view) {
  auto first = start(publish("lobby", "1"));
  auto second = start(publish("lobby", "2"));
  EXPECT_TRUE(first->pending());
  EXPECT_EQ(metrics_of(here).parked_requests.value(), 2);
  show_home(1, "a");
  EXPECT_EQ(first->answer->reply->published().offset(), 1u);
  EXPECT_EQ(second->answer->reply->published().offset(), 2u);
  EXPECT_EQ(metrics_of(here).parked_requests.value(), 0);
}

TEST_F(shard_test, lets_requests_wait_for_a_home) {
  show_home(1, "");
  auto waiting = start(publish("lobby", "1"));
  EXPECT_TRUE(waiting->pending());
  show_home(2, "a");
  EXPECT_EQ(waiting->answer->reply->published().offset(), 1u);
}

TEST_F(shard_test, answers_in_time_when_no_home_appears) {
  auto waiting = start(publish("lobby", "1"));
  advance(2s);
  auto later = start(publish("lobby", "2"));
  advance(2s);
  ASSERT_FALSE(waiting->pending());
  EXPECT_EQ(waiting->answer->reply->error().code(), internal);
  EXPECT_TRUE(later->pending());
  advance(2s);
  EXPECT_EQ(later->answer->reply->error().code(), internal);
  EXPECT_EQ(metrics_of(here).parked_requests.value(), 0);
  EXPECT_EQ(metrics_of(here).requests_refused.value(), 2u);
}

TEST_F(shard_test, bounds_the_requests_that_wait) {
  here.context.limits.shard_parked_requests = 2;
  auto first = start(publish("lobby", "1"));
  start(publish("lobby", "2"));
  auto third = start(publish("lobby", "3"));
  EXPECT_TRUE(first->pending());
  ASSERT_FALSE(third->pending());
  EXPECT_EQ(third->answer->reply->error().code(), internal);
}

TEST_F(shard_test, answers_what_waits_when_the_node_stops) {
  auto waiting = start(publish("lobby", "1"));
  caf::anon_send_exit((*here.directory)["lobby"],
                      caf::exit_reason::user_shutdown);
  run();
  EXPECT_EQ(waiting->answer->reply->error().code(), internal);
}

TEST_F(shard_test, passes_requests_on_to_the_home) {
  show_home(7, "b");
  auto asked = start(publish("lobby", "1"));
  const auto sent = link.take<actors::ask_room>();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].request->view(), 7u);
  EXPECT_EQ(sent[0].request->hops(), 1u);
  EXPECT_TRUE(asked->pending());
  link.answer<actors::ask_room>(actors::accepted());
  run();
  EXPECT_TRUE(asked->answer->reply->has_done());
  EXPECT_EQ(here.context.rooms, 0u);
}

TEST_F(shard_test, lets_a_request_of_a_newer_view_wait_for_it) {
  show_home(1, "b");
  auto asked = start(from("b", publish("lobby", "1"), 2));
  EXPECT_TRUE(asked->pending());
  show_home(2, "a");
  EXPECT_EQ(asked->answer->reply->published().offset(), 1u);
}

TEST_F(shard_test, ignores_a_view_that_was_overtaken) {
  show_home(2, "a");
  show_home(1, "b");
  EXPECT_TRUE(start(publish("lobby", "1"))->answer->reply->has_published());
}

TEST_F(shard_test, passes_on_what_a_peer_with_an_old_view_sends) {
  show_home(2, "b");
  start(from("c", publish("lobby", "1"), 1));
  const auto sent = link.take<actors::ask_room>();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].request->hops(), 2u);
}

TEST_F(shard_test, does_not_pass_on_what_depends_on_the_asking_node) {
  // The home would take this node for the one that asks.
  show_home(2, "b");
  for (auto& request : {attach("lobby"), detach("lobby"), arrive("lobby", "c1"),
                        depart("lobby", "c1")}) {
    auto asked = start(from("c", request, 1));
    ASSERT_FALSE(asked->pending());
    EXPECT_EQ(asked->answer->reply->error().code(), internal);
  }
  EXPECT_THAT(link.take<actors::ask_room>(), IsEmpty());
}

TEST_F(shard_test, does_not_pass_a_request_on_for_ever) {
  show_home(2, "b");
  auto asked =
      start(from("c", publish("lobby", "1"), 1, actors::shard::max_hops));
  ASSERT_FALSE(asked->pending());
  EXPECT_EQ(asked->answer->reply->error().code(), internal);
}

TEST_F(shard_test, refuses_rooms_of_unknown_namespaces) {
  show_home(1, "a");
  EXPECT_EQ(start(publish("unknown:x", "1"))->answer->reply->error().code(),
            static_cast<std::uint32_t>(proto::errc::unknown_channel));
}

TEST_F(shard_test, bounds_the_rooms_of_the_node) {
  here.context.limits.rooms_per_node = 2;
  show_home(1, "a");
  EXPECT_FALSE(start(publish("one", "1"))->answer->reply->has_error());
  EXPECT_FALSE(start(publish("two", "1"))->answer->reply->has_error());
  EXPECT_EQ(start(publish("three", "1"))->answer->reply->error().code(),
            static_cast<std::uint32_t>(proto::errc::limit_exceeded));
  EXPECT_FALSE(start(publish("one", "2"))->answer->reply->has_error());
}

TEST_F(shard_test, makes_no_room_for_questions_and_farewells) {
  show_home(1, "a");
  EXPECT_TRUE(start(presence("x"))->answer->reply->has_presence());
  EXPECT_TRUE(start(presence_stats("x"))->answer->reply->has_presence_stats());
  EXPECT_EQ(start(room_info("x"))->answer->reply->room_info().home(), "a");
  EXPECT_TRUE(start(detach("x"))->answer->reply->has_done());
  EXPECT_TRUE(start(depart("x", "c1"))->answer->reply->has_done());
  EXPECT_EQ(here.context.rooms, 0u);
}

TEST_F(shard_test, starts_empty_when_nobody_had_its_rooms) {
  show_home(1, "a");
  EXPECT_TRUE(start(publish("lobby", "1"))->answer->reply->has_published());
  EXPECT_THAT(membership.take<actors::shard_settled>(), IsEmpty());
}

TEST_F(shard_test, drops_its_rooms_when_another_home_starts_empty) {
  show_home(1, "a");
  start(publish("lobby", "1"));
  show_home(2, "b");
  EXPECT_EQ(here.context.rooms, 0u);
  EXPECT_THAT(link.take<actors::ask_shard>(), IsEmpty());
}

// -- taking over --------------------------------------------------------------

TEST_F(shard_test, serves_only_after_it_has_taken_the_rooms) {
  show_home(3, "a", "b");
  auto asked = start(publish("lobby", "next"));
  EXPECT_TRUE(asked->pending());
  EXPECT_TRUE(hand_over(3, false, 41)->has_done());
  EXPECT_TRUE(asked->pending());
  EXPECT_THAT(membership.take<actors::shard_settled>(), IsEmpty());
  EXPECT_TRUE(hand_over(3, true)->has_done());
  ASSERT_FALSE(asked->pending());
  EXPECT_EQ(asked->answer->reply->published().offset(), 42u);
  EXPECT_EQ(asked->answer->reply->published().epoch(), "abcdefgh");
  const auto settled = membership.take<actors::shard_settled>();
  ASSERT_THAT(settled, SizeIs(1));
  EXPECT_EQ(settled[0].shard, actors::shard_of("lobby", shards));
  EXPECT_EQ(settled[0].view, 3u);
  EXPECT_EQ(metrics_of(here).shards_lost.value(), 0u);
}

TEST_F(shard_test, takes_rooms_beyond_the_limit_of_the_node) {
  here.context.limits.rooms_per_node = 0;
  show_home(3, "a", "b");
  hand_over(3, true, 41);
  EXPECT_EQ(
      start(publish("lobby", "next"))->answer->reply->published().offset(),
      42u);
}

TEST_F(shard_test, lets_a_part_of_a_newer_view_wait_for_it) {
  show_home(1, "b");
  auto request = std::make_shared<roost::link::ShardRequest>();
  request->mutable_hand_over()->set_view(2);
  request->mutable_hand_over()->set_last(true);
  auto asked = start_ask<actors::shard_answer>((*here.directory)["lobby"],
                                               actors::ask_shard{request});
  run();
  EXPECT_TRUE(asked->pending());
  show_home(2, "a", "b");
  ASSERT_FALSE(asked->pending());
  EXPECT_TRUE(asked->answer->reply->has_done());
}

TEST_F(shard_test, answers_a_part_whose_view_never_comes) {
  show_home(1, "b");
  auto request = std::make_shared<roost::link::ShardRequest>();
  request->mutable_hand_over()->set_view(2);
  auto asked = start_ask<actors::shard_answer>((*here.directory)["lobby"],
                                               actors::ask_shard{request});
  run();
  advance(4s);
  ASSERT_FALSE(asked->pending());
  EXPECT_EQ(asked->answer->reply->error().code(), internal);
}

TEST_F(shard_test, goes_on_awaiting_through_views_that_do_not_concern_it) {
  show_home(3, "a", "b");
  EXPECT_TRUE(hand_over(3, false, 41)->has_done());
  show_home(4, "a", "b");
  EXPECT_TRUE(hand_over(4, true)->has_done());
  EXPECT_EQ(
      start(publish("lobby", "next"))->answer->reply->published().offset(),
      42u);
}

TEST_F(shard_test, refuses_parts_that_it_does_not_await) {
  EXPECT_TRUE(hand_over(0, true)->has_error()); // no view yet
  show_home(3, "a");
  EXPECT_TRUE(hand_over(3, true, 41)->has_error());
  EXPECT_EQ(start(publish("lobby", "1"))->answer->reply->published().offset(),
            1u);
}

TEST_F(shard_test, refuses_parts_of_an_older_hand_over) {
  show_home(3, "b");
  show_home(4, "a", "b");
  EXPECT_TRUE(hand_over(3, true, 41)->has_error());
}

TEST_F(shard_test, starts_without_rooms_that_do_not_come_in_time) {
  show_home(3, "a", "b");
  auto asked = start(publish("lobby", "1"));
  advance(3s);
  hand_over(3, false); // gives it more time
  advance(4s);
  auto second = start(publish("lobby", "2"));
  EXPECT_THAT(membership.take<actors::shard_settled>(), SizeIs(shards - 1));
  advance(1s);
  EXPECT_EQ(second->answer->reply->published().offset(), 1u);
  EXPECT_THAT(membership.take<actors::shard_settled>(), SizeIs(1));
  EXPECT_EQ(metrics_of(here).shards_lost.value(), shards);
  EXPECT_TRUE(hand_over(3, true, 41)->has_error()); // too late
}

TEST_F(shard_test, starts_at_once_when_the_donor_leaves_the_view) {
  show_home(3, "a", "b");
  auto asked = start(publish("lobby", "1"));
  hand_over(3, false, 41);
  show_home(4, "a", "b", {"a"});
  // What had come is good.
  EXPECT_EQ(asked->answer->reply->published().offset(), 42u);
  EXPECT_EQ(metrics_of(here).shards_lost.value(), shards);
  EXPECT_THAT(membership.take<actors::shard_settled>(), SizeIs(shards));
}

TEST_F(shard_test, starts_at_once_when_the_donor_is_gone_already) {
  show_home(3, "a", "b", {"a"});
  EXPECT_TRUE(start(publish("lobby", "1"))->answer->reply->has_published());
  EXPECT_THAT(membership.take<actors::shard_settled>(), SizeIs(shards));
}

// -- giving away --------------------------------------------------------------

TEST_F(shard_test, gives_its_rooms_to_the_new_home) {
  show_home(1, "a");
  publish_many(here, "lobby", 1, 3);
  const auto epoch = top_of(here, "lobby").epoch;
  link.on<actors::ask_shard>([](const actors::ask_shard&) {
    actors::shard_answer result{std::make_shared<roost::link::ShardReply>()};
    result.reply->mutable_done();
    return result;
  });
  show_home(2, "b", "a");
  std::vector<roost::link::RoomSnapshot> given;
  for (const auto& x : link.take<actors::ask_shard>()) {
    EXPECT_EQ(x.request->hand_over().view(), 2u);
    EXPECT_TRUE(x.request->hand_over().last());
    for (const auto& room : x.request->hand_over().rooms())
      given.push_back(room);
  }
  ASSERT_THAT(given, SizeIs(1));
  EXPECT_EQ(given[0].room(), "lobby");
  EXPECT_EQ(given[0].epoch(), epoch);
  EXPECT_EQ(given[0].offset(), 3u);
  EXPECT_EQ(given[0].history_size(), 3);
  EXPECT_EQ(here.context.rooms, 0u);
  EXPECT_EQ(metrics_of(here).shards_handed_over.value(), shards);
  // Not again in the next view, in which the donor is still named.
  show_home(3, "b", "a");
  EXPECT_THAT(link.take<actors::ask_shard>(), IsEmpty());
}

TEST_F(shard_test, passes_requests_on_while_it_gives_its_rooms_away) {
  show_home(1, "a");
  publish_many(here, "lobby", 1, 3);
  show_home(2, "b", "a");
  auto asked = start(publish("lobby", "4"));
  EXPECT_TRUE(asked->pending());
  EXPECT_THAT(link.take<actors::ask_room>(), SizeIs(1));
}

TEST_F(shard_test, repeats_a_part_that_did_not_get_through) {
  show_home(1, "a");
  publish_many(here, "lobby", 1, 3);
  show_home(2, "b", "a");
  EXPECT_THAT(link.take<actors::ask_shard>(), SizeIs(shards));
  actors::shard_answer no{std::make_shared<roost::link::ShardReply>()};
  no.reply->mutable_error()->set_code(internal);
  while (link.answer<actors::ask_shard>(no))
    ;
  run();
  EXPECT_THAT(link.take<actors::ask_shard>(), IsEmpty());
  advance(100ms);
  EXPECT_THAT(link.take<actors::ask_shard>(), SizeIs(shards));
  EXPECT_EQ(here.context.rooms, 1u);
}

TEST_F(shard_test, drops_its_rooms_when_the_new_home_refuses_them) {
  show_home(1, "a");
  publish_many(here, "lobby", 1, 3);
  show_home(2, "b", "a");
  actors::shard_answer no{std::make_shared<roost::link::ShardReply>()};
  no.reply->mutable_error()->set_code(
      static_cast<std::uint32_t>(proto::errc::bad_request));
  while (link.answer<actors::ask_shard>(no))
    ;
  run();
  EXPECT_EQ(here.context.rooms, 0u);
}

TEST_F(shard_test, starts_anew_when_the_new_home_may_have_served) {
  // The last part was sent and not answered: the other home may have given out
  // offsets that this one does not know of.
  show_home(1, "a");
  publish_many(here, "lobby", 1, 3);
  const auto epoch = top_of(here, "lobby").epoch;
  show_home(2, "b", "a");
  show_home(3, "a", "");
  EXPECT_EQ(here.context.rooms, 0u);
  EXPECT_NE(top_of(here, "lobby").epoch, epoch);
}

TEST_F(shard_test, takes_the_rooms_back_that_it_has_not_given) {
  show_home(1, "a");
  // Each is more than a part.
  std::vector<std::string> rooms;
  for (int i = 0; rooms.size() < 4; ++i) {
    auto name = "room " + std::to_string(i);
    if (actors::shard_of(name, shards) == 0)
      rooms.push_back(std::move(name));
  }
  std::map<std::string, position> before;
  for (const auto& room : rooms) {
    for (int i = 0; i < 15; ++i)
      ask_room(here, publish(room, std::string(20'000, 'x')));
    before[room] = top_of(here, room);
  }
  show_home(2, "b", "a"); // sends the first part
  show_home(3, "a", "");
  int same = 0;
  for (const auto& room : rooms)
    if (top_of(here, room) == before[room])
      ++same;
  // The one that was given may have been served by the other home since.
  EXPECT_EQ(same, 3);
}

TEST_F(shard_test, accepts_the_last_part_again_when_its_answer_was_lost) {
  show_home(3, "a", "b");
  EXPECT_TRUE(hand_over(3, true, 41)->has_done());
  start(publish("lobby", "next"));
  EXPECT_TRUE(hand_over(3, true, 41)->has_done());
  EXPECT_EQ(top_of(here, "lobby").offset, 42u);
}

TEST_F(shard_test, serves_again_after_it_had_no_home) {
  show_home(1, "a");
  start(publish("lobby", "1"));
  show_home(2, "b", "a");
  show_home(3, "");
  show_home(4, "b", "a");
  start(publish("lobby", "2"));
  EXPECT_THAT(link.take<actors::ask_room>(), SizeIs(1));
}

TEST_F(shard_test, tells_a_second_new_home_that_there_is_nothing_left) {
  show_home(1, "a", "", {"a", "b", "c"});
  publish_many(here, "lobby", 1, 3);
  auto other = stand_in_for("link");
  here.links["c"] = other.handle();
  show_home(2, "b", "a", {"a", "b", "c"}); // sends the last part
  show_home(3, "c", "a", {"a", "c"});
  const auto sent = other.take<actors::ask_shard>();
  ASSERT_THAT(sent, SizeIs(shards));
  for (const auto& x : sent) {
    EXPECT_TRUE(x.request->hand_over().last());
    EXPECT_EQ(x.request->hand_over().rooms_size(), 0);
  }
}

} // namespace
