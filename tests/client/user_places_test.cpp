#include "actors/client/user_places.hpp"
#include "actors/room/room_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace {

using actors::cluster_view;
using roost::link::UserPlace;
using roost::link::UserPlaces;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint32_t shards = 4;

/// A home, `node-1`, of all shards in a cluster of three; users may have two
/// connections.
class user_places_test : public ::testing::Test {
protected:
  user_places_test() { place({"node-1", "node-2", "node-3"}); }

  void replace_oldest() {
    places = std::make_unique<actors::user_places>(
        actors::user_places_settings{2, true, shards}, held, end);
    place({"node-1", "node-2", "node-3"});
  }

  /// The oldest gives way, and alice has as many as she may, the second older.
  void give_alice_two() {
    replace_oldest();
    grants("node-2", "alice", "a", 20);
    grants("node-3", "alice", "b", 10);
  }

  /// A view with these members; `home` is home of all shards.
  void place(const std::vector<std::string>& members, std::int32_t home = 0) {
    view.clear_members();
    view.clear_homes();
    for (const auto& name : members) {
      auto& member = *view.add_members();
      member.set_node(name);
      member.set_incarnation("first");
    }
    for (std::uint32_t i = 0; i < shards; ++i)
      view.add_homes(home);
    install();
  }

  void install(std::set<std::string> unreachable = {}) {
    cluster_view now;
    now.view = std::make_shared<const roost::link::View>(view);
    now.self = "node-1";
    now.unreachable = std::move(unreachable);
    places->on_view(now);
  }

  static UserPlace say(UserPlace::Kind kind, const std::string& user,
                       const std::string& client, std::int64_t at = 0) {
    UserPlace x;
    x.set_kind(kind);
    x.set_user(user);
    x.set_client(client);
    x.set_connected_ms(at);
    return x;
  }

  roost::link::UserPlacesResult take(const std::string& node,
                                     const std::vector<UserPlace>& said) {
    UserPlaces told;
    told.set_node(node);
    told.set_incarnation("first");
    for (const auto& x : said)
      *told.add_places() = x;
    return places->take(told);
  }

  /// Whether a wanted place is granted.
  bool grants(const std::string& node, const std::string& user,
              const std::string& client, std::int64_t at = 0) {
    const auto result = take(node, {say(UserPlace::WANTED, user, client, at)});
    EXPECT_EQ(result.elsewhere_size(), 0);
    return result.refused_size() == 0;
  }

  actors::gauge held;
  std::vector<std::string> ended; ///< "node user client"
  actors::user_places::end_connection end = [this](const std::string& node,
                                                   const std::string& user,
                                                   const std::string& client) {
    ended.push_back(node + ' ' + user + ' ' + client);
  };
  roost::link::View view;
  std::unique_ptr<actors::user_places> places =
      std::make_unique<actors::user_places>(
          actors::user_places_settings{2, false, shards}, held, end);
};

TEST_F(user_places_test, count_the_connections_of_a_user_on_all_nodes) {
  EXPECT_TRUE(grants("node-1", "alice", "a"));
  EXPECT_TRUE(grants("node-2", "alice", "b"));
  EXPECT_FALSE(grants("node-3", "alice", "c"));
  EXPECT_TRUE(grants("node-3", "bob", "d"));
  EXPECT_EQ(held.value(), 3);
  EXPECT_THAT(ended, IsEmpty());
}

TEST_F(user_places_test, say_which_of_a_batch_are_refused) {
  const auto result = take("node-2", {say(UserPlace::WANTED, "alice", "a"),
                                      say(UserPlace::WANTED, "alice", "b"),
                                      say(UserPlace::WANTED, "alice", "c"),
                                      say(UserPlace::FREE, "alice", "a"),
                                      say(UserPlace::WANTED, "alice", "d"),
                                      say(UserPlace::WANTED, "alice", "e")});

  EXPECT_THAT(result.refused(), ElementsAre(2u, 5u));
  EXPECT_EQ(held.value(), 2);
}

TEST_F(user_places_test, are_free_when_their_connection_has_ended) {
  grants("node-1", "alice", "a");
  grants("node-2", "alice", "b");

  take("node-3", {say(UserPlace::FREE, "alice", "b")}); // not of that node
  EXPECT_FALSE(grants("node-3", "alice", "c"));

  take("node-2", {say(UserPlace::FREE, "alice", "b"),
                  say(UserPlace::FREE, "alice", "unknown"),
                  say(UserPlace::FREE, "nobody", "a")});
  EXPECT_TRUE(grants("node-3", "alice", "c"));
  EXPECT_EQ(held.value(), 2);
}

TEST_F(user_places_test, count_one_that_is_told_twice_once) {
  grants("node-2", "alice", "a");
  take("node-2", {say(UserPlace::HELD, "alice", "a")});
  EXPECT_TRUE(grants("node-2", "alice", "a"));
  EXPECT_EQ(held.value(), 1);
}

TEST_F(user_places_test, are_not_refused_to_who_is_in_already) {
  take("node-2",
       {say(UserPlace::HELD, "alice", "a"), say(UserPlace::HELD, "alice", "b"),
        say(UserPlace::HELD, "alice", "c")});
  EXPECT_EQ(held.value(), 3);

  take("node-2", {say(UserPlace::FREE, "alice", "a")});
  EXPECT_FALSE(grants("node-2", "alice", "d"));
}

TEST_F(user_places_test, are_for_users_with_a_name) {
  EXPECT_TRUE(grants("node-2", "", "a"));
  EXPECT_EQ(held.value(), 0);
}

// -- replace_oldest -----------------------------------------------------------

TEST_F(user_places_test, of_the_oldest_are_given_to_who_comes) {
  give_alice_two();

  EXPECT_TRUE(grants("node-1", "alice", "c", 30));
  EXPECT_THAT(ended, ElementsAre("node-3 alice b"));

  // It is told again if another comes before it has ended.
  ended.clear();
  EXPECT_TRUE(grants("node-1", "alice", "d", 40));
  EXPECT_THAT(ended, ElementsAre("node-3 alice b", "node-2 alice a"));
}

TEST_F(user_places_test, are_not_taken_from_who_comes_with_a_late_clock) {
  give_alice_two();

  EXPECT_TRUE(grants("node-1", "alice", "c", 1));

  EXPECT_THAT(ended, ElementsAre("node-3 alice b"));
}

TEST_F(user_places_test, that_are_too_many_are_taken_from_the_oldest) {
  replace_oldest();
  take("node-2", {say(UserPlace::HELD, "alice", "a", 30),
                  say(UserPlace::HELD, "alice", "b", 20)});
  take("node-3", {say(UserPlace::HELD, "alice", "c", 10)});

  EXPECT_THAT(ended, ElementsAre("node-3 alice c"));
}

// -- views --------------------------------------------------------------------

TEST_F(user_places_test, go_with_their_node) {
  grants("node-1", "alice", "a");
  grants("node-3", "alice", "b");

  place({"node-1", "node-2"});

  EXPECT_EQ(held.value(), 1);
  EXPECT_TRUE(grants("node-2", "alice", "c"));
}

TEST_F(user_places_test, go_when_their_node_starts_again) {
  grants("node-3", "alice", "a");
  view.mutable_members(2)->set_incarnation("second");
  install();

  EXPECT_EQ(held.value(), 0);
  EXPECT_THAT(
      take("node-3", {say(UserPlace::WANTED, "alice", "b")}).elsewhere(),
      ElementsAre(actors::shard_of("alice", shards)));
}

TEST_F(user_places_test, go_when_another_node_becomes_their_home) {
  grants("node-2", "alice", "a");

  place({"node-1", "node-2", "node-3"}, 1);
  EXPECT_EQ(held.value(), 0);

  place({"node-1", "node-2", "node-3"}, 0);
  EXPECT_EQ(held.value(), 0);
}

TEST_F(user_places_test, at_a_node_that_can_not_be_reached_refuse_nobody) {
  grants("node-3", "alice", "a");
  grants("node-3", "alice", "b");

  install({"node-3"});
  EXPECT_TRUE(grants("node-1", "alice", "c"));
  EXPECT_TRUE(grants("node-2", "alice", "d"));
  EXPECT_FALSE(grants("node-2", "alice", "e"));

  install(); // it is back, and so are its clients
  EXPECT_EQ(held.value(), 4);
  EXPECT_FALSE(grants("node-2", "alice", "e"));
}

TEST_F(user_places_test, at_a_node_that_can_not_be_reached_replace_nobody) {
  replace_oldest();
  grants("node-3", "alice", "a", 1);
  grants("node-2", "alice", "b", 2);
  install({"node-3"});

  EXPECT_TRUE(grants("node-1", "alice", "c", 3));
  EXPECT_THAT(ended, IsEmpty());
  EXPECT_TRUE(grants("node-1", "alice", "d", 4));
  EXPECT_THAT(ended, ElementsAre("node-2 alice b"));
}

TEST_F(user_places_test, of_a_shard_are_forgotten_when_it_is_told_anew) {
  grants("node-2", "alice", "a");
  grants("node-3", "alice", "b");
  UserPlaces told;
  told.set_node("node-2");
  told.set_incarnation("first");
  told.add_anew(actors::shard_of("alice", shards));
  *told.add_places() = say(UserPlace::HELD, "alice", "c");

  EXPECT_EQ(places->take(told).elsewhere_size(), 0);

  EXPECT_EQ(held.value(), 2);
  EXPECT_FALSE(grants("node-2", "alice", "d"));
}

TEST_F(user_places_test, are_kept_for_shards_of_this_home_alone) {
  place({"node-1", "node-2", "node-3"}, 1);
  const auto shard = actors::shard_of("alice", shards);
  UserPlaces told;
  told.set_node("node-2");
  told.set_incarnation("first");
  told.add_anew(shard);
  told.add_anew(4'000'000'000u);
  *told.add_places() = say(UserPlace::WANTED, "alice", "c");

  const auto result = places->take(told);

  EXPECT_THAT(result.elsewhere(), ElementsAre(shard, 4'000'000'000u));
  EXPECT_THAT(result.refused(), IsEmpty());
  EXPECT_EQ(held.value(), 0);
}

TEST_F(user_places_test, are_kept_for_members_alone) {
  EXPECT_THAT(
      take("node-9", {say(UserPlace::WANTED, "alice", "a")}).elsewhere(),
      ElementsAre(actors::shard_of("alice", shards)));
  EXPECT_EQ(held.value(), 0);
}

} // namespace
