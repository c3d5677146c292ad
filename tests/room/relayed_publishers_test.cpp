#include "actors/room/shard/relayed_publishers.hpp"
#include "tests/room/make_request.hpp"
#include "tests/support/actor_test.hpp"

namespace {

using namespace std::chrono_literals;
using actors::relayed_publishers;

const relayed_publishers::time_point given_at{};

/// A home that leaves publishers waiting.
class silent_home final : public actors::lane_actor {
public:
  using lane_actor::lane_actor;

  caf::behavior make_behavior() override {
    return {[this](const actors::ask_room&) {
      promises.push_back(make_response_promise());
      return promises.back();
    }};
  }

  void on_exit() override { promises.clear(); }

  std::vector<caf::response_promise> promises;
};

class relayed_publishers_test : public test_support::actor_test {
protected:
  /// A publisher who waits for `hand_over` until `deadline`, to be answered
  /// with its number as offset.
  auto add(std::uint64_t hand_over, relayed_publishers::time_point deadline) {
    auto asked = start_ask<actors::room_answer>(
        home, actors::ask_room{room_test::publish("lobby", "1")});
    run();
    actors::room::waiting_list publishers;
    auto& x = publishers.emplace_back();
    x.reply = actors::published_answer({"epoch", hand_over}, false);
    x.promise = object<silent_home>(home).promises.back();
    relayed.add(hand_over, deadline, std::move(publishers));
    return asked;
  }

  caf::actor home = spawn<silent_home>(lane());
  relayed_publishers relayed;
};

TEST_F(relayed_publishers_test, are_answered_by_the_hand_over_they_wait_for) {
  auto first = add(1, given_at + 4s);
  auto second = add(2, given_at + 5s);
  relayed.committed(2);
  run();
  EXPECT_TRUE(first->pending());
  ASSERT_TRUE(second->answer);
  EXPECT_EQ(second->answer->reply->published().offset(), 2u);
  EXPECT_EQ(relayed.next(), given_at + 4s);
}

TEST_F(relayed_publishers_test, are_given_back_when_their_time_has_come) {
  add(1, given_at + 4s);
  add(relayed_publishers::none, given_at + 5s);
  EXPECT_EQ(relayed.take_due(given_at + 3s).size(), 0u);
  EXPECT_EQ(relayed.take_due(given_at + 4s).size(), 1u);
  EXPECT_EQ(relayed.next(), given_at + 5s);
  EXPECT_EQ(relayed.take_due(given_at + 5s).size(), 1u);
  EXPECT_EQ(relayed.next(), relayed_publishers::time_point::max());
}

} // namespace
