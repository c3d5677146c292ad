#include "actors/client/node_agent.hpp"
#include "tests/client/client_test.hpp"

namespace {

using namespace client_test_support;
using namespace std::chrono_literals;

class node_agent_test : public client_test {
protected:
  void SetUp() override {
    start();
    actors::node_agent_settings settings;
    settings.node = "node-1";
    settings.incarnation = "0123456789abcdef";
    settings.version = "0.1.0";
    settings.http_address = "127.0.0.1:8000";
    settings.users = users;
    settings.lanes = {&lane()};
    settings.audiences = {
        actors::audience_ref{actors::self_of<actors::audience>(audience)}};
    settings.standing = &standing;
    for (const auto& x : polling)
      settings.polling.push_back(x.handle());
    agent_ = spawn<actors::node_agent>(lane(), settings);
    run();
  }

  roost::link::NodeReply ask_agent(const roost::link::NodeRequest& request) {
    const auto answer = ask<actors::node_answer>(
        agent_,
        actors::ask_node{std::make_shared<roost::link::NodeRequest>(request)});
    EXPECT_TRUE(answer);
    return answer ? *answer->reply : roost::link::NodeReply{};
  }

  actors::coordinator_standing standing;
  /// Of two lanes.
  std::vector<test_support::stand_in> polling{stand_in_for("polling"),
                                              stand_in_for("polling")};

private:
  caf::actor agent_;
};

TEST_F(node_agent_test, lists_rooms_by_pattern) {
  auto alice = connected("alice");
  alice.say(R"({"id":2,"subscribe":{"channel":"open:1"}})");
  alice.say(R"({"id":3,"subscribe":{"channel":"chat:1"}})");
  auto bob = connected("bob");
  bob.say(R"({"id":2,"subscribe":{"channel":"open:1"}})");
  roost::link::NodeRequest request;
  request.mutable_channels();

  auto found = ask_agent(request).channels().channels();
  EXPECT_EQ(found.size(), 2u);
  EXPECT_EQ(found["open:1"], 2u);

  request.mutable_channels()->set_pattern("chat:*");
  found = ask_agent(request).channels().channels();
  EXPECT_EQ(found.size(), 1u);
  EXPECT_EQ(found["chat:1"], 1u);
}

TEST_F(node_agent_test, tells_the_numbers_of_the_node) {
  auto alice = connected("alice");
  alice.say(R"({"id":2,"subscribe":{"channel":"open:1"}})");
  auto second = connected("alice");
  roost::link::NodeRequest request;
  request.mutable_info();
  advance(10s);
  for (int i = 0; i < 8; ++i)
    publish("open:1", "1");
  advance(2s);

  const auto info = ask_agent(request).info();

  EXPECT_EQ(info.uid(), "0123456789abcdef");
  EXPECT_EQ(info.name(), "node-1");
  EXPECT_EQ(info.version(), "0.1.0");
  EXPECT_EQ(info.http_address(), "127.0.0.1:8000");
  EXPECT_EQ(info.num_clients(), 2u);
  EXPECT_EQ(info.num_users(), 1u);
  EXPECT_EQ(info.num_channels(), 1u);
  EXPECT_EQ(info.num_subs(), 1u);
  EXPECT_EQ(info.uptime(), 12u);
  EXPECT_DOUBLE_EQ(info.messages_per_second(), 8 / 5.0);
}

TEST_F(node_agent_test, hands_a_poll_to_the_lane_of_its_session) {
  polling[1].on<actors::ask_node>([](const actors::ask_node&) {
    auto reply = std::make_shared<roost::link::NodeReply>();
    reply->mutable_polled()->set_outcome(roost::link::Polled::TAKEN);
    return actors::node_answer{reply};
  });
  roost::link::NodeRequest request;
  request.mutable_poll()->set_session("1.x");
  EXPECT_EQ(ask_agent(request).polled().outcome(), roost::link::Polled::TAKEN);

  for (const auto* wrong : {"", "x", "2.x"}) {
    request.mutable_poll()->set_session(wrong);
    EXPECT_EQ(ask_agent(request).polled().outcome(),
              roost::link::Polled::UNKNOWN)
        << wrong;
  }
  EXPECT_EQ(polling[0].size(), 0u);
  EXPECT_EQ(polling[1].size(), 1u);
}

TEST_F(node_agent_test, tells_whether_its_coordinator_leads) {
  roost::link::NodeRequest request;
  request.mutable_info();
  EXPECT_FALSE(ask_agent(request).info().leads());

  standing.leads = true;
  standing.term = 3;

  const auto info = ask_agent(request).info();
  EXPECT_TRUE(info.leads());
  EXPECT_EQ(info.term(), 3u);
}

TEST_F(node_agent_test, passes_commands_to_the_users) {
  auto alice = connected("alice");
  roost::link::NodeRequest request;
  request.mutable_disconnect()->set_user("alice");

  EXPECT_EQ(ask_agent(request).reached(), 1u);
  EXPECT_EQ(alice.ending(), "3503 force disconnect");
}

TEST_F(node_agent_test, refuses_what_it_does_not_know) {
  EXPECT_EQ(ask_agent({}).error().code(), 104u);
}

TEST_F(node_agent_test, refuses_what_coordinators_answer) {
  roost::link::NodeRequest request;
  request.mutable_drain()->set_node("node-2");

  EXPECT_EQ(ask_agent(request).error().code(), 104u);
}

} // namespace
