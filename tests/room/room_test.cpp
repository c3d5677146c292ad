#include "actors/room/room.hpp"
#include "tests/room/world.hpp"

#include <caf/send.hpp>
#include <gmock/gmock.h>

namespace {

using namespace room_test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// Rooms of node "a", whose audience and whose link to "b" are recorded.
class room_actor_test : public world {
protected:
  room_actor_test()
      : audience(stand_in_for("audience")), link(stand_in_for("link")) {
    here.context.audiences[0] = audience.handle();
    show_members({"a", "b"}, 1);
  }

  void show_members(const std::vector<std::string>& names, std::uint64_t number,
                    const std::string& incarnation = "first start") {
    auto view = std::make_shared<roost::link::View>();
    view->set_number(number);
    for (const auto& name : names) {
      auto& member = *view->add_members();
      member.set_node(name);
      member.set_incarnation(incarnation);
    }
    for (std::uint32_t i = 0; i < shards; ++i)
      view->add_homes(0);
    auto now = std::make_shared<actors::cluster_view>();
    now->view = std::move(view);
    now->self = "a";
    now->links["b"] = link.handle();
    for (const auto& x : here.directory->shards())
      tell(x, actors::view_changed{now});
    run();
  }

  std::shared_ptr<roost::link::RoomReply> ask_it(request_ptr request) {
    return ask_room(here, std::move(request));
  }

  /// Data of publications, "+id" for joins, "-id" for leaves.
  static std::vector<std::string>
  words(const std::shared_ptr<const actors::room_events>& events) {
    std::vector<std::string> result;
    for (const auto& x : events->events)
      result.push_back(x.publication ? x.publication->data()
                       : x.join      ? "+" + x.join->client()
                                     : "-" + x.leave->client());
    return result;
  }

  node& here = at("a");
  test_support::stand_in audience;
  test_support::stand_in link;
};

TEST_F(room_actor_test, answers_a_publisher_with_the_position) {
  const auto reply = ask_it(publish("lobby", "hello"));
  EXPECT_EQ(reply->published().offset(), 1u);
  EXPECT_EQ(reply->published().epoch(), top_of(here, "lobby").epoch);
  EXPECT_FALSE(reply->published().suppressed());
  EXPECT_EQ(metrics_of(here).publications.value(), 1u);
}

TEST_F(room_actor_test, answers_without_position_where_there_is_no_history) {
  const auto reply = ask_it(publish("plain:lobby", "hello"));
  EXPECT_EQ(reply->published().offset(), 0u);
  EXPECT_EQ(reply->published().epoch(), "");
}

TEST_F(room_actor_test, sends_one_message_for_all_events_of_a_turn) {
  ask_it(attach("lobby"));
  for (const char* data : {"1", "2", "3"})
    start_ask_room(here, publish("lobby", data));
  start_ask_room(here, arrive("lobby", "c1"));
  run();
  const auto told = audience.take<actors::deliver_events>();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].events->room, "lobby");
  EXPECT_EQ(told[0].events->epoch, top_of(here, "lobby").epoch);
  EXPECT_FALSE(told[0].events->gap);
  EXPECT_THAT(words(told[0].events), ElementsAre("1", "2", "3", "+c1"));
}

TEST_F(room_actor_test, sends_one_message_to_each_node_for_all_its_lanes) {
  ask_it(from("b", attach("lobby", 0)));
  ask_it(from("b", attach("lobby", 5)));
  ask_it(publish("lobby", "1"));
  const auto told = link.take<actors::deliver_remote>();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].lanes, 0b100001u);
  EXPECT_THAT(words(told[0].events), ElementsAre("1"));
  EXPECT_THAT(audience.take<actors::deliver_events>(), IsEmpty());
}

TEST_F(room_actor_test, sends_nothing_to_who_has_detached) {
  ask_it(attach("lobby"));
  ask_it(from("b", attach("lobby", 1)));
  ask_it(from("b", attach("lobby", 2)));
  ask_it(detach("lobby"));
  ask_it(from("b", detach("lobby", 1)));
  ask_it(publish("lobby", "1"));
  EXPECT_THAT(audience.take<actors::deliver_events>(), IsEmpty());
  const auto told = link.take<actors::deliver_remote>();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].lanes, 0b100u);
}

TEST_F(room_actor_test, may_be_attached_to_twice) {
  ask_it(attach("lobby"));
  ask_it(attach("lobby"));
  ask_it(publish("lobby", "1"));
  EXPECT_THAT(audience.take<actors::deliver_events>(), SizeIs(1));
}

TEST_F(room_actor_test, refuses_a_lane_that_no_mask_can_name) {
  EXPECT_EQ(ask_it(attach("lobby", 64))->error().code(),
            static_cast<std::uint32_t>(proto::errc::bad_request));
}

TEST_F(room_actor_test, sends_what_came_before_a_position_before_the_position) {
  ask_it(attach("lobby"));
  const auto& shard = (*here.directory)["lobby"];
  // All in one turn: the audience must not see the position 2 before 1 and 2.
  for (const char* data : {"1", "2"})
    tell(shard, actors::ask_room{publish("lobby", data)});
  caf::send_as(audience.handle(), shard, actors::ask_room{history("lobby", 0)});
  tell(shard, actors::ask_room{publish("lobby", "3")});
  caf::send_as(audience.handle(), shard, actors::ask_room{attach("lobby")});
  run();

  std::vector<std::string> order;
  for (const auto& x : audience.all()) {
    if (x.match_elements<actors::deliver_events>()) {
      for (const auto& word : words(x.get_as<actors::deliver_events>(0).events))
        order.push_back(word);
    } else {
      const auto& reply = *x.get_as<actors::room_answer>(0).reply;
      order.push_back(reply.has_attached()
                          ? "attached "
                                + std::to_string(reply.attached().offset())
                          : "top " + std::to_string(reply.history().offset()));
    }
  }
  EXPECT_THAT(order, ElementsAre("1", "2", "top 2", "3", "attached 3"));
}

TEST_F(room_actor_test, answers_an_attach_with_what_was_missed) {
  publish_many(here, "lobby", 1, 3);
  const auto top = top_of(here, "lobby");
  const auto reply = ask_it(attach("lobby", 0, position{top.epoch, 1}));
  EXPECT_TRUE(reply->attached().continued());
  EXPECT_EQ(reply->attached().offset(), 3u);
  ASSERT_EQ(reply->attached().publications_size(), 2);
  EXPECT_EQ(reply->attached().publications(0).offset(), 2u);

  const auto lost = ask_it(attach("lobby", 0, position{"other", 1}));
  EXPECT_FALSE(lost->attached().continued());
  EXPECT_EQ(lost->attached().offset(), 3u);
  EXPECT_EQ(lost->attached().publications_size(), 0);
}

TEST_F(room_actor_test, keeps_the_presence_of_connections) {
  ask_it(arrive("lobby", "c1", true, "ann"));
  ask_it(from("b", arrive("lobby", "c2", true, "ann")));
  const auto all = ask_it(presence("lobby"))->presence();
  EXPECT_EQ(all.presence_size(), 2);
  EXPECT_EQ(all.presence().at("c2").user(), "ann");
  const auto stats = ask_it(presence_stats("lobby"))->presence_stats();
  EXPECT_EQ(stats.num_clients(), 2u);
  EXPECT_EQ(stats.num_users(), 1u);
  ask_it(depart("lobby", "c1"));
  EXPECT_EQ(ask_it(presence("lobby"))->presence().presence_size(), 1);
}

TEST_F(room_actor_test, announces_each_connection_once) {
  ask_it(attach("lobby"));
  ask_it(arrive("lobby", "c1"));
  ask_it(arrive("lobby", "c1"));
  ask_it(arrive("lobby", "c2", false));
  ask_it(depart("lobby", "c1"));
  ask_it(depart("lobby", "c1"));
  ask_it(depart("lobby", "c2", false));
  std::vector<std::string> all;
  for (const auto& x : audience.take<actors::deliver_events>())
    for (const auto& word : words(x.events))
      all.push_back(word);
  EXPECT_THAT(all, ElementsAre("+c1", "-c1"));
}

TEST_F(room_actor_test, refuses_to_list_more_members_than_are_asked_for) {
  ask_it(arrive("lobby", "c1"));
  ask_it(arrive("lobby", "c2"));
  auto request = presence("lobby");
  request->mutable_presence()->set_max_members(2);
  EXPECT_EQ(ask_it(request)->presence().presence_size(), 2);
  request = presence("lobby");
  request->mutable_presence()->set_max_members(1);
  EXPECT_EQ(ask_it(request)->error().code(),
            static_cast<std::uint32_t>(proto::errc::limit_exceeded));
  EXPECT_EQ(ask_it(presence_stats("lobby"))->presence_stats().num_clients(),
            2u);
}

TEST_F(room_actor_test, refuses_to_list_more_bytes_than_are_asked_for) {
  ask_it(arrive("lobby", "c1"));
  auto request = presence("lobby");
  request->mutable_presence()->set_max_bytes(100);
  EXPECT_EQ(ask_it(request)->presence().presence_size(), 1);
  for (const auto* client : {"c2", "c3", "c4", "c5"})
    ask_it(arrive("lobby", client));
  request = presence("lobby");
  request->mutable_presence()->set_max_bytes(100);
  EXPECT_EQ(ask_it(request)->error().code(),
            static_cast<std::uint32_t>(proto::errc::limit_exceeded));
}

TEST_F(room_actor_test, bounds_its_presence) {
  here.context.limits.room_presence_members = 1;
  ask_it(arrive("bounded", "c1"));
  EXPECT_EQ(ask_it(arrive("bounded", "c2"))->error().code(),
            static_cast<std::uint32_t>(proto::errc::limit_exceeded));
}

TEST_F(room_actor_test, forgets_who_was_connected_to_a_node_that_left) {
  ask_it(attach("lobby"));
  ask_it(from("b", attach("lobby", 1)));
  ask_it(from("b", arrive("lobby", "c1")));
  ask_it(arrive("lobby", "c2"));
  audience.take<actors::deliver_events>();

  show_members({"a"}, 2);
  const auto told = audience.take<actors::deliver_events>();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_THAT(words(told[0].events), ElementsAre("-c1"));
  EXPECT_EQ(ask_it(presence("lobby"))->presence().presence_size(), 1);
  EXPECT_THAT(ask_it(room_info("lobby"))->room_info().attached_nodes(),
              ElementsAre("a"));
  // What it still had on the way comes too late.
  EXPECT_TRUE(ask_it(from("b", arrive("lobby", "c3")))->has_error());
  EXPECT_TRUE(ask_it(from("b", attach("lobby", 1)))->has_error());
}

TEST_F(room_actor_test, forgets_who_was_connected_to_a_node_that_restarted) {
  ask_it(from("b", arrive("lobby", "c1")));
  show_members({"a", "b"}, 2);
  EXPECT_EQ(ask_it(presence("lobby"))->presence().presence_size(), 1);
  show_members({"a", "b"}, 3, "another start");
  EXPECT_EQ(ask_it(presence("lobby"))->presence().presence_size(), 0);
}

TEST_F(room_actor_test, says_what_it_holds) {
  publish_many(here, "lobby", 1, 3);
  ask_it(from("b", attach("lobby", 1)));
  ask_it(from("b", arrive("lobby", "c1")));
  const auto info = ask_it(room_info("lobby"))->room_info();
  EXPECT_EQ(info.home(), "a");
  EXPECT_EQ(info.shard(), actors::shard_of("lobby", shards));
  EXPECT_EQ(info.offset(), 3u);
  EXPECT_EQ(info.epoch(), top_of(here, "lobby").epoch);
  EXPECT_EQ(info.history_size(), 3u);
  EXPECT_GT(info.history_bytes(), 0u);
  EXPECT_EQ(info.members_by_node().at("b"), 1u);
  EXPECT_THAT(info.attached_nodes(), ElementsAre("b"));
}

TEST_F(room_actor_test, offers_no_history_where_there_is_none) {
  for (auto& request : {history("plain:x", 1), [] {
                          auto result = actors::request_to("plain:x");
                          result->mutable_history_remove();
                          return result;
                        }()})
    EXPECT_EQ(ask_it(request)->error().code(),
              static_cast<std::uint32_t>(proto::errc::not_available));
}

TEST_F(room_actor_test, forgets_its_history_when_told) {
  publish_many(here, "lobby", 1, 3);
  auto request = actors::request_to("lobby");
  request->mutable_history_remove();
  EXPECT_TRUE(ask_it(request)->has_done());
  EXPECT_EQ(ask_it(history("lobby", -1))->history().publications_size(), 0);
  EXPECT_EQ(top_of(here, "lobby").offset, 3u);
  EXPECT_EQ(metrics_of(here).history_publications.value(), 0);
}

TEST_F(room_actor_test, ends_when_it_holds_nothing) {
  ask_it(publish("plain:x", "1"));
  EXPECT_EQ(metrics_of(here).rooms.value(), 1);
  EXPECT_EQ(here.context.rooms, 1u);
  advance(actors::room::linger);
  EXPECT_EQ(metrics_of(here).rooms.value(), 0);
  EXPECT_EQ(here.context.rooms, 0u);
  EXPECT_EQ(ask_it(publish("plain:x", "2"))->published().offset(), 0u);
}

TEST_F(room_actor_test, lives_while_somebody_listens_or_is_in) {
  ask_it(attach("plain:x"));
  ask_it(arrive("plain:y", "c1"));
  advance(60s);
  EXPECT_EQ(here.context.rooms, 2u);
  ask_it(detach("plain:x"));
  ask_it(depart("plain:y", "c1"));
  advance(2 * actors::room::linger);
  EXPECT_EQ(here.context.rooms, 0u);
}

TEST_F(room_actor_test, lives_as_long_as_its_history_and_position) {
  channels.without_namespace.history_meta_ttl = 3600s;
  ask_it(publish("lobby", "1"));
  const auto epoch = top_of(here, "lobby").epoch;
  EXPECT_EQ(metrics_of(here).history_publications.value(), 1);
  EXPECT_GT(metrics_of(here).history_bytes.value(), 0);
  advance(700s);
  EXPECT_EQ(metrics_of(here).history_publications.value(), 0);
  EXPECT_EQ(metrics_of(here).history_bytes.value(), 0);
  EXPECT_EQ(here.context.rooms, 1u);
  advance(3600s);
  EXPECT_EQ(here.context.rooms, 0u);
  EXPECT_NE(top_of(here, "lobby").epoch, epoch);
}

} // namespace
