#include "actors/client/user_homes.hpp"
#include "actors/client/users_messages.hpp"
#include "actors/room/requests.hpp"
#include "actors/room/room_directory.hpp"
#include "tests/client/client_test.hpp"

#include <algorithm>

namespace {

using namespace client_test_support;
using namespace std::chrono_literals;
using roost::link::UserPlace;
using roost::link::UserPlaces;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr std::uint32_t shards = 4;

/// client.cluster_user_connection_limit at `node-1`, in a cluster with `node-2`
/// and `node-3`, whose links are stand-ins.
class cluster_limit_test : public client_test {
protected:
  cluster_limit_test()
      : two(stand_in_for("node-2")), three(stand_in_for("node-3")) {
    config.client.cluster_user_connection_limit = 1;
    start();
  }

  /// A view in which this member is home of all shards; -1: nobody.
  void place(std::int32_t home, std::set<std::string> unreachable = {}) {
    roost::link::View view;
    for (const std::string name : {"node-1", "node-2", "node-3"}) {
      auto& member = *view.add_members();
      member.set_node(name);
      member.set_incarnation("0123456789abcdef");
    }
    for (std::uint32_t i = 0; i < shards; ++i)
      view.add_homes(home);
    auto now = std::make_shared<actors::cluster_view>();
    now->view = std::make_shared<const roost::link::View>(view);
    now->self = "node-1";
    now->links = {{"node-2", two.handle()}, {"node-3", three.handle()}};
    now->unreachable = std::move(unreachable);
    tell(users, actors::view_changed{now});
    run();
  }

  static constexpr std::int32_t here = 0;
  static constexpr std::int32_t at_two = 1;
  static constexpr std::int32_t at_three = 2;

  /// What a node was told since the last time: "WANTED alice", in order.
  static std::vector<std::string> told(test_support::stand_in& node) {
    std::vector<std::string> result;
    for (const auto& x : node.take<actors::ask_node>())
      for (const auto& place : x.request->user_places().places())
        result.push_back(UserPlace::Kind_Name(place.kind()) + ' '
                         + place.user());
    return result;
  }

  /// A home answers the oldest request.
  static void answer(test_support::stand_in& node,
                     const roost::link::UserPlacesResult& result = {}) {
    auto reply = std::make_shared<roost::link::NodeReply>();
    *reply->mutable_user_places() = result;
    EXPECT_TRUE(
        node.answer<actors::ask_node>(actors::node_answer{std::move(reply)}));
  }

  /// `node` is home, and has been told so.
  void begin(std::int32_t home, test_support::stand_in& node) {
    place(home);
    EXPECT_THAT(told(node), IsEmpty());
    answer(node);
    run();
  }

  static bool is_in(test_client& client) {
    const auto heard = client.hear();
    return client.ending() == "open"
           && std::ranges::any_of(heard, [](const auto& line) {
                return line.find("\"connect\"") != std::string::npos;
              });
  }

  /// A client that has sent its connect.
  test_client knocks(const std::string& user) {
    auto client = arrive();
    client.say(R"({"id":1,"connect":{"token":")" + token(user) + R"("}})");
    return client;
  }

  std::uint32_t entered() {
    return ask<actors::users_counted>(users, actors::count_users{})
        ->connections;
  }

  test_support::stand_in two;
  test_support::stand_in three;
};

// -- the home is this node ----------------------------------------------------

TEST_F(cluster_limit_test, holds_at_a_node_that_is_home) {
  place(here);
  auto first = knocks("alice");
  EXPECT_TRUE(is_in(first));

  auto second = knocks("alice");
  EXPECT_EQ(second.ending(), "3504 connection limit");
  EXPECT_EQ(metrics().connects_refused_by_cluster.value(), 1u);
  EXPECT_EQ(metrics().connects_refused_by_user.value(), 0u);
  EXPECT_EQ(metrics().user_places.value(), 1);
  EXPECT_EQ(entered(), 1u);
  EXPECT_EQ(connected("bob").ending(), "open");

  // When the first leaves, there is room again.
  first.self().on_closed("end of file");
  run();
  auto third = knocks("alice");
  EXPECT_TRUE(is_in(third));
}

TEST_F(cluster_limit_test, leaves_nothing) {
  place(here);
  auto client = knocks("alice");
  client.self().on_closed("end of file");
  run();

  EXPECT_EQ(metrics().user_places.value(), 0);
  EXPECT_EQ(entered(), 0u);
}

TEST_F(cluster_limit_test, is_not_for_who_has_no_name) {
  config.client.allow_anonymous_connect_without_token = true;
  place(here);

  for (int i = 0; i < 3; ++i) {
    auto client = arrive();
    client.say(R"({"id":1,"connect":{}})");
    EXPECT_TRUE(is_in(client));
  }
  EXPECT_EQ(metrics().user_places.value(), 0);
}

TEST_F(cluster_limit_test, waits_for_the_first_view) {
  auto client = knocks("alice");
  EXPECT_FALSE(is_in(client));

  place(here);

  EXPECT_TRUE(is_in(client));
  EXPECT_EQ(metrics().connects_without_home.value(), 0u);
}

TEST_F(cluster_limit_test, ends_the_connection_that_its_home_names) {
  begin(at_two, two);
  auto client = knocks("alice");
  answer(two);
  run();
  EXPECT_TRUE(is_in(client));
  auto order = std::make_shared<roost::link::NodeRequest>();
  order->mutable_disconnect()->set_user("alice");
  order->mutable_disconnect()->set_client(client.id());
  order->mutable_disconnect()->set_code(3504);
  order->mutable_disconnect()->set_reason("connection limit");

  tell(users, actors::ask_node{order});
  run();

  EXPECT_EQ(client.ending(), "3504 connection limit");
  EXPECT_THAT(told(two), ElementsAre("WANTED alice", "FREE alice"));
}

// -- a home that answers ------------------------------------------------------

TEST_F(cluster_limit_test, asks_the_home_of_the_user) {
  place(at_two);
  const auto first = two.take<actors::ask_node>();
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_THAT(first[0].request->user_places().anew(), SizeIs(int{shards}));
  answer(two);
  run();

  auto client = knocks("alice");
  const auto asked = two.take<actors::ask_node>();
  ASSERT_THAT(asked, SizeIs(1));
  const auto& places = asked[0].request->user_places();
  EXPECT_EQ(places.node(), "node-1");
  EXPECT_EQ(places.incarnation(), "0123456789abcdef");
  EXPECT_THAT(places.anew(), IsEmpty());
  ASSERT_THAT(places.places(), SizeIs(1));
  EXPECT_EQ(places.places(0).kind(), UserPlace::WANTED);
  EXPECT_EQ(places.places(0).user(), "alice");
  EXPECT_GT(places.places(0).connected_ms(), 1'600'000'000'000);
  EXPECT_FALSE(is_in(client)); // until there is an answer

  answer(two);
  run();
  EXPECT_TRUE(is_in(client));
  EXPECT_EQ(places.places(0).client(), client.id());

  client.self().on_closed("end of file");
  run();
  EXPECT_THAT(told(two), ElementsAre("FREE alice"));
}

TEST_F(cluster_limit_test, refuses_whom_the_home_refuses) {
  begin(at_two, two);
  auto client = knocks("alice");
  roost::link::UserPlacesResult no;
  no.add_refused(0);

  answer(two, no);
  run();

  EXPECT_EQ(client.ending(), "3504 connection limit");
  EXPECT_EQ(metrics().connects_refused_by_cluster.value(), 1u);
  EXPECT_EQ(entered(), 0u);
  EXPECT_THAT(told(two), ElementsAre("WANTED alice")); // and no end
}

TEST_F(cluster_limit_test, says_the_end_of_one_that_did_not_wait) {
  begin(at_two, two);
  auto client = knocks("alice");

  client.self().on_closed("end of file");
  run();
  EXPECT_THAT(told(two), ElementsAre("WANTED alice"));
  answer(two);
  run();

  EXPECT_THAT(told(two), ElementsAre("FREE alice"));
  EXPECT_EQ(entered(), 0u);
}

TEST_F(cluster_limit_test, says_nothing_of_one_that_came_and_went) {
  begin(at_two, two);
  auto first = knocks("alice");
  auto second = knocks("bob"); // behind the request under way

  second.self().on_closed("end of file");
  run();
  answer(two);
  run();

  EXPECT_THAT(told(two), ElementsAre("WANTED alice"));
}

TEST_F(cluster_limit_test, packs_what_comes_while_a_request_is_under_way) {
  begin(at_two, two);
  for (int i = 0; i < 600; ++i)
    start_ask<actors::user_entered>(
        users, actors::enter_user{"user-" + std::to_string(i), "",
                                  "client-" + std::to_string(i), i});
  run();
  std::vector<std::size_t> sizes;
  for (int i = 0; i < 4; ++i) {
    sizes.push_back(told(two).size());
    answer(two);
    run();
  }

  const std::size_t most = actors::user_homes::max_places;
  EXPECT_THAT(sizes, ElementsAre(1u, most, most, 600 - 1 - 2 * most));
  EXPECT_THAT(told(two), IsEmpty());
}

TEST_F(cluster_limit_test, packs_few_long_names) {
  begin(at_two, two);
  for (int i = 0; i < 9; ++i)
    start_ask<actors::user_entered>(
        users, actors::enter_user{std::string(30'000, 'x'), "",
                                  "client-" + std::to_string(i), i});
  run();

  EXPECT_THAT(told(two), SizeIs(1));
  answer(two);
  run();
  EXPECT_THAT(told(two), SizeIs(3));
}

// -- a home that does not answer ----------------------------------------------

TEST_F(cluster_limit_test, lets_in_whom_the_home_says_nothing_about) {
  begin(at_two, two);
  auto first = knocks("alice");
  advance(900ms);
  EXPECT_FALSE(is_in(first));

  advance(100ms);
  EXPECT_TRUE(is_in(first));
  EXPECT_EQ(metrics().connects_without_home.value(), 1u);

  // The next one does not wait,
  auto second = knocks("alice");
  EXPECT_TRUE(is_in(second));
  EXPECT_EQ(metrics().connects_without_home.value(), 2u);
  EXPECT_THAT(told(two), ElementsAre("WANTED alice"));

  // and the home hears of both later, once it hears.
  answer(two); // too late
  advance(1s);
  EXPECT_THAT(told(two), ElementsAre("HELD alice", "HELD alice"));
  auto third = knocks("bob");
  EXPECT_TRUE(is_in(third));
  answer(two);
  run();
  EXPECT_THAT(told(two), ElementsAre("HELD bob"));
  answer(two);
  run();
  auto fourth = knocks("carol");
  EXPECT_FALSE(is_in(fourth)); // it waits again
}

TEST_F(cluster_limit_test, lets_in_at_once_when_the_home_can_not_be_reached) {
  begin(at_two, two);
  auto client = knocks("alice");

  two.answer<actors::ask_node>(actors::no_answer("node-2 can't be reached"));
  run();

  EXPECT_TRUE(is_in(client));
  EXPECT_EQ(metrics().connects_without_home.value(), 1u);

  // As soon as it is back it is told who is in.
  told(two);
  place(at_two, {"node-2"});
  advance(3s);
  EXPECT_THAT(told(two), IsEmpty());
  place(at_two);
  EXPECT_THAT(told(two), ElementsAre("HELD alice"));
}

TEST_F(cluster_limit_test, lets_in_at_once_when_there_is_no_home) {
  place(-1);

  auto client = knocks("alice");

  EXPECT_TRUE(is_in(client));
  EXPECT_EQ(metrics().connects_without_home.value(), 1u);
}

TEST_F(cluster_limit_test, tells_a_home_that_refused_too_late_who_is_in) {
  begin(at_two, two);
  auto first = knocks("alice");
  auto second = knocks("bob");
  advance(500ms);
  answer(two);
  run();
  EXPECT_TRUE(is_in(first));
  told(two);
  advance(500ms); // bob has waited for a second, his request for half of that
  EXPECT_TRUE(is_in(second));
  roost::link::UserPlacesResult no;
  no.add_refused(0);

  answer(two, no);
  run();

  EXPECT_THAT(told(two), ElementsAre("HELD bob"));
  EXPECT_EQ(second.ending(), "open");
}

// -- views --------------------------------------------------------------------

TEST_F(cluster_limit_test, tells_a_new_home_who_is_in) {
  begin(at_two, two);
  auto first = knocks("alice");
  answer(two);
  run();
  auto second = knocks("bob");
  EXPECT_TRUE(is_in(first));
  EXPECT_FALSE(is_in(second));

  place(at_three);

  EXPECT_THAT(told(three), UnorderedElementsAre("HELD alice", "WANTED bob"));
  answer(two); // of another view
  run();
  EXPECT_FALSE(is_in(second));
  answer(three);
  run();
  EXPECT_TRUE(is_in(second));
  told(two);
  first.self().on_closed("end of file");
  run();
  EXPECT_THAT(told(two), IsEmpty());
  EXPECT_THAT(told(three), ElementsAre("FREE alice"));
}

TEST_F(cluster_limit_test, tells_a_home_with_another_view_again) {
  begin(at_two, two);
  auto client = knocks("alice");
  roost::link::UserPlacesResult elsewhere;
  elsewhere.add_elsewhere(actors::shard_of("alice", shards));
  told(two);

  answer(two, elsewhere);
  run();
  advance(50ms);
  EXPECT_THAT(told(two), IsEmpty());
  EXPECT_FALSE(is_in(client));

  advance(50ms);
  const auto again = two.take<actors::ask_node>();
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_THAT(again[0].request->user_places().anew(),
              ElementsAre(actors::shard_of("alice", shards)));
  EXPECT_EQ(again[0].request->user_places().places(0).kind(),
            UserPlace::WANTED);
  answer(two);
  run();
  EXPECT_TRUE(is_in(client));
}

TEST_F(cluster_limit_test, becomes_home_and_counts_who_is_in) {
  begin(at_two, two);
  auto first = knocks("alice");
  answer(two);
  run();

  place(here);

  EXPECT_EQ(metrics().user_places.value(), 1);
  EXPECT_EQ(knocks("alice").ending(), "3504 connection limit");
}

// -- no limit -----------------------------------------------------------------

class no_cluster_limit_test : public client_test {};

TEST_F(no_cluster_limit_test, refuses_nobody_of_other_nodes) {
  start();
  auto request = std::make_shared<roost::link::NodeRequest>();
  auto& wanted = *request->mutable_user_places()->add_places();
  wanted.set_user("alice");
  wanted.set_client("a");

  const auto answer =
      ask<actors::node_answer>(users, actors::ask_node{request});

  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->reply->has_user_places());
  EXPECT_THAT(answer->reply->user_places().refused(), IsEmpty());
  EXPECT_THAT(answer->reply->user_places().elsewhere(), IsEmpty());
  EXPECT_EQ(metrics().user_places.value(), 0);
}

TEST_F(no_cluster_limit_test, waits_for_no_view) {
  EXPECT_EQ(connected("alice").ending(), "open");
  EXPECT_EQ(metrics().connects_without_home.value(), 0u);
}

} // namespace
