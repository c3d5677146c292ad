#include "actors/room/audience/audience_room.hpp"
#include "tests/room/delta_reader.hpp"
#include "tests/room/world.hpp"

#include <gmock/gmock.h>

namespace {

using namespace room_test;
using actors::tags_filter;
using proto::wire_format;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Subscribers that want publications with certain tags: `here` is the home,
/// `there` is not.
class filter_test : public world {
protected:
  filter_test() : world({"a", "b"}) {
    move_home(1, {"a", "b"}, "a");
    run();
  }

  static std::shared_ptr<const tags_filter>
  only(const std::string& map, const std::string& cmp = "eq") {
    roost::client::FilterNode leaf;
    leaf.set_key("map");
    leaf.set_cmp(cmp);
    leaf.set_val(map);
    return std::get<std::shared_ptr<const tags_filter>>(
        tags_filter::make(leaf));
  }

  actors::subscription_request with(std::shared_ptr<const tags_filter> filter,
                                    actors::subscription_request request) {
    request.filter = std::move(filter);
    return request;
  }

  void say(const std::string& room, const std::string& map,
           const std::string& data = "1") {
    auto request = publish(room, data);
    (*request->mutable_publish()->mutable_tags())["map"] = map;
    request->mutable_publish()->set_delta(true);
    ask_room(here, std::move(request));
    run();
  }

  node& here = at("a");
  node& there = at("b");
};

TEST_F(filter_test, gives_each_subscriber_what_it_asked_for) {
  for (auto* where : {&here, &there}) {
    auto& east = subscribe(*where, with(only("east"), wish(where->name)));
    auto& west = subscribe(*where, with(only("west"), wish(where->name)));
    auto& all = subscribe(*where, wish(where->name));
    for (const auto* map : {"east", "west", "east", "north"})
      say(where->name, map);
    EXPECT_THAT(east.take_offsets(), ElementsAre(1, 3));
    EXPECT_THAT(west.take_offsets(), ElementsAre(2));
    EXPECT_THAT(all.take_offsets(), ElementsAre(1, 2, 3, 4));
  }
}

TEST_F(filter_test, gives_joins_and_leaves_to_all) {
  auto request = with(only("east"), wish("lobby"));
  request.features.push_join_leave = true;
  auto& who = subscribe(here, std::move(request));
  ask_room(here, arrive("lobby", "c9"));
  run();
  ASSERT_EQ(who.pushes.size(), 1u);
  EXPECT_TRUE(who.pushes[0].has_join());
}

TEST_F(filter_test, encodes_once_for_all_that_get_the_same) {
  for (int i = 0; i < 3; ++i) {
    subscribe(here, with(only("east"), wish("lobby")));
    subscribe(here, with(only("west", "neq"), wish("lobby")));
    subscribe(here, wish("lobby"));
  }
  say("lobby", "east");
  EXPECT_EQ(metrics_of(here).frames_encoded.value(), 1u);
  EXPECT_EQ(metrics_of(here).publications_delivered.value(), 9u);
  say("lobby", "north"); // not for "east"
  EXPECT_EQ(metrics_of(here).frames_encoded.value(), 2u);
  EXPECT_EQ(metrics_of(here).publications_delivered.value(), 15u);
}

TEST_F(filter_test, shares_frames_between_filters_that_pick_the_same) {
  subscribe(here, with(only("east"), wish("lobby")));
  subscribe(here, with(only("ea", "sw"), wish("lobby")));
  auto& counted = metrics_of(here).frames_encoded;
  auto east = publish("lobby", "1");
  (*east->mutable_publish()->mutable_tags())["map"] = "east";
  auto first = start_ask_room(here, std::move(east));
  auto second = start_ask_room(here, publish("lobby", "2"));
  run(); // both in one turn
  EXPECT_EQ(counted.value(), 1u);
}

TEST_F(filter_test, moves_the_position_with_what_is_left_out) {
  auto& who = subscribe(there, with(only("east"), positioned("lobby")));
  say("lobby", "east");
  say("lobby", "west");
  cut("a", "b");
  say("lobby", "west");
  say("lobby", "east");
  mend("a", "b");
  run();
  EXPECT_THAT(who.take_offsets(), ElementsAre(1, 4));
  EXPECT_THAT(who.lost, IsEmpty());
}

TEST_F(filter_test, leaves_out_of_what_was_missed) {
  for (const auto* map : {"east", "west", "east", "west"})
    say("lobby", map);
  auto& some =
      subscribe(there, with(only("east"), recovering("lobby", {"", 1})));
  EXPECT_TRUE(some.answer().recovered);
  EXPECT_EQ(some.answer().offset, 1u);
  EXPECT_THAT(some.recovered_offsets(), ElementsAre(3));

  auto& none =
      subscribe(there, with(only("north"), recovering("lobby", {"", 1})));
  EXPECT_TRUE(none.answer().recovered);
  EXPECT_EQ(none.answer().offset, 4u);
  EXPECT_THAT(none.recovered_offsets(), IsEmpty());

  say("lobby", "north");
  EXPECT_THAT(some.take_offsets(), IsEmpty());
  EXPECT_THAT(none.take_offsets(), ElementsAre(5));
}

TEST_F(filter_test, leaves_out_of_pages) {
  const std::string large(100 * 1024, 'x'); // two in a page
  for (int i = 0; i < 8; ++i)
    say("lobby", i % 4 == 0 ? "east" : "west", large);
  auto& who = subscribe(
      there, with(only("east"),
                  recovering("lobby", {top_of(here, "lobby").epoch, 0})));
  EXPECT_THAT(who.recovered_offsets(), ElementsAre(1));
  EXPECT_THAT(who.take_offsets(), ElementsAre(5));
  EXPECT_EQ(metrics_of(there).catching_up.value(), 0);
  say("lobby", "west");
  say("lobby", "east");
  EXPECT_THAT(who.take_offsets(), ElementsAre(10));
}

TEST_F(filter_test, stands_beside_deltas_and_both_formats) {
  auto delta = wish("lobby");
  delta.features.delta = true;
  std::vector<std::unique_ptr<delta_reader>> readers;
  std::vector<recording_subscriber*> filtered;
  for (const auto format : {wire_format::json, wire_format::protobuf}) {
    auto& plain = make_subscriber(format);
    start_subscribe(here, plain, wish("lobby"));
    auto& some = make_subscriber(format);
    start_subscribe(here, some, with(only("east"), wish("lobby")));
    filtered.push_back(&some);
    auto& changes = make_subscriber(format);
    start_subscribe(here, changes, delta);
    readers.push_back(std::make_unique<delta_reader>(changes));
  }
  run();
  const std::string same(500, 's');
  for (int i = 0; i < 4; ++i)
    say("lobby", i % 2 == 0 ? "west" : "east",
        "\"" + same + std::to_string(i) + "\"");
  for (auto& x : readers) {
    EXPECT_THAT(x->take(), testing::SizeIs(4));
    EXPECT_THAT(x->take_marks(), ElementsAre(false, true, true, true));
  }
  EXPECT_THAT(filtered[0]->text, HasSubstr(R"("offset":2)"));
  EXPECT_THAT(filtered[0]->text, Not(HasSubstr(R"("offset":3)")));
  EXPECT_THAT(filtered[0]->text, Not(HasSubstr("delta")));
  EXPECT_THAT(filtered[1]->take_offsets(), ElementsAre(2, 4));
}

TEST_F(filter_test, forgets_filters_of_who_has_left) {
  const auto& kept = metrics_of(here).tags_filter_bytes;
  const auto one = static_cast<std::int64_t>(only("east")->bytes());
  auto& first = subscribe(here, with(only("east"), wish("lobby")));
  auto& second = subscribe(here, with(only("east"), wish("lobby")));
  EXPECT_EQ(kept.value(), one);
  audience_of(here).unsubscribe(first, "lobby");
  EXPECT_EQ(kept.value(), one);
  say("lobby", "east");
  EXPECT_THAT(second.take_offsets(), ElementsAre(1));
  auto& third = subscribe(here, with(only("west"), wish("lobby")));
  audience_of(here).unsubscribe(second, "lobby");
  EXPECT_EQ(kept.value(), one);
  say("lobby", "west");
  EXPECT_THAT(third.take_offsets(), ElementsAre(2));
  audience_of(here).unsubscribe(third, "lobby");
  EXPECT_EQ(kept.value(), 0);
}

TEST(audience_member_test, is_no_larger_for_what_few_want) {
  EXPECT_LE(sizeof(actors::audience_member), 32u);
  EXPECT_LE(sizeof(actors::subscription_features), 1u);
}

} // namespace
