// Two links that speak with each other.
#include "actors/cluster/link/link.hpp"
#include "tests/cluster/support/fake_network.hpp"
#include "tests/support/actor_test.hpp"

#include <gmock/gmock.h>

using namespace actors;
using namespace std::chrono_literals;
using roost::link::RoomRequest;
using test_support::fake_network;
using test_support::stand_in;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

class link_pair_test : public test_support::actor_test {
protected:
  /// One node, as far as its link to the other sees it.
  struct side {
    peer_identity is;
    stand_in shard;
    stand_in audience;
    stand_in membership;
    std::unique_ptr<room_directory> rooms;
    std::shared_ptr<link_registry> registry;
    caf::actor out;
  };

  link_pair_test() : actor_test(2) {}

  void SetUp() override {
    network = std::make_shared<fake_network>(system());
    a = make_side("a", "b", lane(0));
    b = make_side("b", "a", lane(1));
    run();
  }

  side make_side(const std::string& name, const std::string& peer,
                 actors::lane& where) {
    side x{{name, name + "-1", name + ":7000", false},
           stand_in_for("shard of " + name),
           stand_in_for("audience of " + name),
           stand_in_for("membership of " + name),
           nullptr,
           std::make_shared<link_registry>(),
           {}};
    x.rooms = std::make_unique<room_directory>(
        std::vector<caf::actor>{x.shard.handle()});
    auto settings = std::make_shared<link_settings>();
    settings->node = name;
    settings->incarnation = x.is.incarnation;
    settings->queue_bytes = 4 * 1024 * 1024;
    settings->rooms = x.rooms.get();
    settings->audiences = {x.audience.handle()};
    settings->membership = x.membership.handle();
    settings->sockets = network->make_sockets();
    settings->registry = x.registry;
    x.out = spawn<actors::link>(where, std::move(settings), peer);
    return x;
  }

  void connect() {
    auto [dialled, accepted] = network->connect(a.is, b.is);
    tell(a.out, use_connection{std::make_shared<peer_socket>(dialled)});
    tell(b.out, use_connection{std::make_shared<peer_socket>(accepted)});
    run();
  }

  static bool up(const side& x) {
    return x.registry->snapshot().at(0)->up.value() == 1;
  }

  static ask_room publish(const std::string& data) {
    auto x = std::make_shared<RoomRequest>();
    x->set_room("lobby");
    x->mutable_publish()->set_data(data);
    return {x};
  }

  static deliver_remote event(std::uint64_t offset, std::size_t bytes) {
    auto x = std::make_shared<roost::client::Publication>();
    x->set_offset(offset);
    x->set_data(std::string(bytes, 'x'));
    auto result = std::make_shared<room_events>();
    result->room = "lobby";
    result->events.push_back({x, nullptr, nullptr});
    return {1, result};
  }

  std::shared_ptr<fake_network> network;
  side a{{}, stand_in_for(""), stand_in_for(""), stand_in_for(""), {}, {}, {}};
  side b{{}, stand_in_for(""), stand_in_for(""), stand_in_for(""), {}, {}, {}};
};

TEST_F(link_pair_test, comes_up_on_both_sides) {
  connect();
  EXPECT_TRUE(up(a));
  EXPECT_TRUE(up(b));
  EXPECT_THAT(a.membership.take<link_state>(), SizeIs(1));
  EXPECT_THAT(b.audience.take<resynchronise>(), SizeIs(1));
}

TEST_F(link_pair_test, carries_requests_both_ways) {
  connect();
  for (auto* x : {&a, &b})
    x->shard.on<ask_room>([](const ask_room& x) {
      auto reply = std::make_shared<roost::link::RoomReply>();
      reply->mutable_published()->set_epoch(x.request->publish().data());
      return room_answer{reply};
    });
  const auto from_a = ask<room_answer>(a.out, publish("from a"));
  const auto from_b = ask<room_answer>(b.out, publish("from b"));
  ASSERT_TRUE(from_a && from_b);
  EXPECT_EQ(from_a->reply->published().epoch(), "from a");
  EXPECT_EQ(from_b->reply->published().epoch(), "from b");
  EXPECT_EQ(b.shard.take<ask_room>().at(0).request->origin(), "a");
}

TEST_F(link_pair_test, carries_a_megabyte) {
  connect();
  b.shard.on<ask_room>([](const ask_room& x) {
    auto reply = std::make_shared<roost::link::RoomReply>();
    reply->mutable_published()->set_epoch(x.request->publish().data());
    return room_answer{reply};
  });
  const std::string megabyte(1 << 20, 'm');
  const auto answer = ask<room_answer>(a.out, publish(megabyte));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->reply->published().epoch(), megabyte);
}

TEST_F(link_pair_test, keeps_events_in_order) {
  connect();
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    tell(a.out, event(i, i % 7 == 0 ? 9000 : 100));
    if (i % 100 == 0)
      run();
  }
  run();
  std::uint64_t next = 1;
  for (const auto& x : b.audience.take<deliver_events>())
    for (const auto& e : x.events->events)
      EXPECT_EQ(e.publication->offset(), next++);
  EXPECT_EQ(next, 1001u);
  EXPECT_LT(b.registry->snapshot().at(0)->batches_received.value(), 500u);
}

TEST_F(link_pair_test, stays_up_while_nothing_happens) {
  connect();
  advance(60s);
  EXPECT_TRUE(up(a));
  EXPECT_TRUE(up(b));
  EXPECT_EQ(a.registry->snapshot().at(0)->connections.value(), 1u);
  EXPECT_GT(a.registry->snapshot().at(0)->round_trip_ns.load(), 0);
}

TEST_F(link_pair_test, goes_down_on_both_sides_when_cut) {
  connect();
  auto asked = start_ask<room_answer>(a.out, publish("?"));
  run();
  network->cut("a", "b");
  run();
  EXPECT_FALSE(up(a));
  EXPECT_FALSE(up(b));
  ASSERT_TRUE(asked->answer);
  EXPECT_EQ(asked->answer->reply->error().code(), 100u);
}

TEST_F(link_pair_test, goes_down_on_both_sides_when_the_network_stalls) {
  connect();
  network->split("a", "b");
  advance(2500ms);
  EXPECT_FALSE(up(a));
  EXPECT_FALSE(up(b));
}

TEST_F(link_pair_test, works_again_after_each_new_connection) {
  for (std::uint64_t i = 1; i <= 3; ++i) {
    connect();
    EXPECT_TRUE(up(a) && up(b));
    a.audience.take<resynchronise>();
    EXPECT_THAT(b.audience.take<resynchronise>(), SizeIs(1));
    tell(a.out, event(i, 10));
    run();
    const auto got = b.audience.take<deliver_events>();
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].events->events[0].publication->offset(), i);
    network->cut("a", "b");
    run();
    tell(a.out, event(99, 10)); // lost, as the peer will resynchronise
    run();
  }
}

TEST_F(link_pair_test, shakes_hands_after_a_side_gave_up_before) {
  // b knows the new connection, a's hello is lost.
  network->split("a", "b");
  connect();
  advance(1500ms);
  EXPECT_FALSE(up(a) || up(b));
  network->heal("a", "b");
  connect();
  EXPECT_TRUE(up(a) && up(b));
}

} // namespace
