#include "actors/client/polling.hpp"
#include "tests/support/actor_test.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using actors::make_polled;
using roost::link::Poll;
using roost::link::Polled;
using ::testing::ElementsAre;
using ::testing::MatchesRegex;

/// A session that keeps what it is asked until the test answers.
class keeping_session final : public actors::polled_client {
public:
  void ask(const Poll& what, actors::on_polled done) override {
    asked.push_back(what);
    waiting.push_back(std::move(done));
  }

  /// Answers all that was asked.
  void answer(Polled::Outcome outcome) {
    for (const auto& done : std::exchange(waiting, {}))
      done(make_polled(outcome));
  }

  std::vector<Poll> asked;
  std::vector<actors::on_polled> waiting;
};

Poll poll_of(const std::string& session, std::uint32_t number,
             std::chrono::milliseconds wait = 25s) {
  Poll out;
  out.set_session(session);
  out.set_answer(number);
  out.set_wait_ms(static_cast<std::uint32_t>(wait.count()));
  return out;
}

Poll send_of(const std::string& session, std::string commands) {
  Poll out;
  out.set_session(session);
  out.set_send(1);
  out.set_commands(std::move(commands));
  return out;
}

Poll close_of(const std::string& session) {
  Poll out;
  out.set_session(session);
  out.set_close(true);
  return out;
}

/// A node with two lanes, and another one behind a link.
class polling_test : public test_support::actor_test {
protected:
  using outcomes = std::vector<Polled::Outcome>;

  polling_test()
      : actor_test(2), membership(stand_in_for("membership")),
        far(stand_in_for("link")) {
    config.cluster.emplace().request_timeout = 4s;
    services.config = &config;
    services.node = "node-1";
    services.membership = membership.handle();
    for (std::uint32_t i = 0; i < 2; ++i)
      services.polling.push_back(spawn<actors::polling>(lane(i), services));
    auto now = std::make_shared<actors::cluster_view>();
    now->view = std::make_shared<roost::link::View>();
    now->self = "node-1";
    now->links["node-2"] = far.handle();
    membership.on<actors::get_view>(
        [now](const actors::get_view&) { return actors::view_changed{now}; });
    run();
  }

  actors::polling& at(std::uint32_t number) {
    return *actors::self_of<actors::polling>(services.polling.at(number));
  }

  /// Asks on the first lane; what comes of it is in `heard`.
  void ask(const std::string& node, Poll what) {
    at(0).ask(node, std::move(what),
              [this](const Polled& x) { heard.push_back(x.outcome()); });
    run();
  }

  outcomes take_heard() { return std::exchange(heard, {}); }

  /// What the other node was asked since the last call.
  std::vector<Poll> asked_far() {
    std::vector<Poll> out;
    for (const auto& x : far.take<actors::ask_node>())
      out.push_back(x.request->poll());
    return out;
  }

  void answer_far(const Polled& what) {
    auto reply = std::make_shared<roost::link::NodeReply>();
    *reply->mutable_polled() = what;
    ASSERT_TRUE(
        far.answer<actors::ask_node>(actors::node_answer{std::move(reply)}));
    run();
  }

  std::int64_t bytes_under_way() {
    return lane().metrics().commands_under_way_bytes.value();
  }

  ::config::node_config config;
  actors::client_services services;
  test_support::stand_in membership;
  test_support::stand_in far;
  std::shared_ptr<keeping_session> session =
      std::make_shared<keeping_session>();
  outcomes heard;
};

// -- names --------------------------------------------------------------------

TEST_F(polling_test, names_sessions_by_their_lane_and_a_secret) {
  const auto first = at(0).enter(session);
  const auto second = at(1).enter(session);
  EXPECT_THAT(first, MatchesRegex("0\\.[0-9a-f-]{36}"));
  EXPECT_THAT(second, MatchesRegex("1\\.[0-9a-f-]{36}"));
  EXPECT_NE(first.substr(2), second.substr(2));
  const auto& lanes = services.polling;
  EXPECT_TRUE(actors::polling_of(first, lanes) == lanes[0]);
  EXPECT_TRUE(actors::polling_of(second, lanes) == lanes[1]);
}

TEST_F(polling_test, finds_nobody_for_a_name_that_none_has_given) {
  for (const auto* name : {"", ".", "x", "0", "1", "x.1", ".1", "-1.x", " 0.x",
                           "0x.1", "2.x", "99999999999999999999.x"})
    EXPECT_FALSE(actors::polling_of(name, services.polling)) << name;
}

TEST_F(polling_test, knows_no_session_that_is_not_there) {
  const auto name = at(0).enter(session);
  for (const auto& wrong :
       {std::string{"x"}, std::string{"0.x"}, std::string{"1.x"},
        "1" + name.substr(1), name + "0", name.substr(0, name.size() - 1)}) {
    ask("node-1", poll_of(wrong, 1));
    EXPECT_THAT(take_heard(), ElementsAre(Polled::UNKNOWN)) << wrong;
  }
  ask("nowhere", poll_of(name, 1));
  EXPECT_THAT(take_heard(), ElementsAre(Polled::UNKNOWN));
  EXPECT_TRUE(session->asked.empty());
}

TEST_F(polling_test, forgets_a_session_that_leaves) {
  const auto name = at(0).enter(session);
  at(0).leave(name);
  ask("node-1", poll_of(name, 1));
  EXPECT_THAT(take_heard(), ElementsAre(Polled::UNKNOWN));
}

// -- lanes --------------------------------------------------------------------

TEST_F(polling_test, asks_a_session_of_its_lane_at_once) {
  const auto name = at(0).enter(session);
  at(0).ask("node-1", poll_of(name, 3, 7s), [](const Polled&) {});
  ASSERT_EQ(session->asked.size(), 1u); // nothing ran
  EXPECT_EQ(session->asked[0].answer(), 3u);
  EXPECT_EQ(session->asked[0].wait_ms(), 7000u);
}

TEST_F(polling_test, brings_a_question_to_the_lane_of_the_session) {
  const auto name = at(1).enter(session);
  ask("node-1", send_of(name, "commands"));
  ASSERT_EQ(session->asked.size(), 1u);
  EXPECT_EQ(session->asked[0].commands(), "commands");
  EXPECT_TRUE(heard.empty());
  session->answer(Polled::BUSY);
  run();
  EXPECT_THAT(take_heard(), ElementsAre(Polled::BUSY));
}

TEST_F(polling_test, waits_for_a_session_of_another_lane_as_long_as_it_takes) {
  const auto name = at(1).enter(session);
  ask("node-1", poll_of(name, 1));
  advance(60s);
  EXPECT_TRUE(heard.empty());
  session->answer(Polled::NOTHING);
  run();
  EXPECT_THAT(take_heard(), ElementsAre(Polled::NOTHING));
  EXPECT_EQ(session->asked.size(), 1u);
}

TEST_F(polling_test, says_that_a_lane_which_has_stopped_does_not_answer) {
  const auto name = at(1).enter(session);
  caf::anon_send_exit(services.polling[1], caf::exit_reason::user_shutdown);
  run();
  ask("node-1", send_of(name, "commands"));
  EXPECT_THAT(take_heard(), ElementsAre(Polled::FAILED));
  EXPECT_EQ(bytes_under_way(), 0);
}

TEST_F(polling_test, tells_each_poll_from_another) {
  const auto name = at(0).enter(session);
  ask("node-1", poll_of(name, 1));
  ask("node-1", poll_of(name, 1));
  ask("node-1", send_of(name, "{}"));
  ASSERT_EQ(session->asked.size(), 3u);
  EXPECT_NE(session->asked[0].request(), session->asked[1].request());
  EXPECT_EQ(session->asked[2].request(), 0u);
}

TEST_F(polling_test, answers_for_its_sessions_what_another_node_asks) {
  const auto name = at(1).enter(session);
  auto request = std::make_shared<roost::link::NodeRequest>();
  *request->mutable_poll() = poll_of(name, 1);
  const auto asked = start_ask<actors::node_answer>(services.polling[1],
                                                    actors::ask_node{request});
  run();
  EXPECT_TRUE(asked->pending());
  session->answer(Polled::SUPERSEDED);
  run();
  ASSERT_TRUE(asked->answer);
  EXPECT_EQ(asked->answer->reply->polled().outcome(), Polled::SUPERSEDED);
}

// -- nodes --------------------------------------------------------------------

TEST_F(polling_test, asks_the_node_that_has_the_session) {
  ask("node-2", send_of("0.x", "commands"));
  const auto asked = asked_far();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].session(), "0.x");
  EXPECT_EQ(asked[0].send(), 1u);
  EXPECT_EQ(asked[0].commands(), "commands");
  answer_far(make_polled(Polled::TAKEN));
  EXPECT_THAT(take_heard(), ElementsAre(Polled::TAKEN));
}

TEST_F(polling_test, polls_another_node_in_parts) {
  ask("node-2", poll_of("0.x", 5, 5s));
  const auto first = asked_far();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].answer(), 5u);
  EXPECT_EQ(first[0].wait_ms(), 2000u); // half of request_timeout
  EXPECT_FALSE(first[0].again());

  for (const auto left : {2000u, 1000u}) {
    advance(2s);
    answer_far(make_polled(Polled::NOTHING));
    const auto later = asked_far();
    ASSERT_EQ(later.size(), 1u);
    EXPECT_EQ(later[0].wait_ms(), left);
    EXPECT_EQ(later[0].answer(), 5u);
    EXPECT_EQ(later[0].request(), first[0].request());
    EXPECT_TRUE(later[0].again());
    EXPECT_TRUE(heard.empty());
  }

  advance(1s);
  answer_far(make_polled(Polled::NOTHING));
  EXPECT_TRUE(asked_far().empty());
  EXPECT_THAT(take_heard(), ElementsAre(Polled::NOTHING));
}

TEST_F(polling_test, passes_on_an_answer_as_it_comes) {
  std::string messages;
  at(0).ask("node-2", poll_of("0.x", 5), [&](const Polled& x) {
    messages = x.messages();
    heard.push_back(x.outcome());
  });
  run();
  auto answer = make_polled(Polled::ANSWER);
  answer.set_messages("{}\n");
  answer_far(answer);
  EXPECT_THAT(take_heard(), ElementsAre(Polled::ANSWER));
  EXPECT_EQ(messages, "{}\n");
}

TEST_F(polling_test, asks_no_more_once_another_node_has_said_something) {
  for (const auto outcome : {Polled::SUPERSEDED, Polled::UNKNOWN,
                             Polled::OUT_OF_ORDER, Polled::FAILED}) {
    ask("node-2", poll_of("0.x", 5));
    EXPECT_EQ(asked_far().size(), 1u);
    answer_far(make_polled(outcome));
    EXPECT_TRUE(asked_far().empty());
    EXPECT_THAT(take_heard(), ElementsAre(outcome));
  }
}

// To send again what may have been taken is the client's business.
TEST_F(polling_test, asks_once_what_is_no_poll) {
  for (auto what : {send_of("0.x", "{}"), close_of("0.x")}) {
    ask("node-2", std::move(what));
    EXPECT_EQ(asked_far().size(), 1u);
    answer_far(make_polled(Polled::NOTHING));
    EXPECT_TRUE(asked_far().empty());
    EXPECT_THAT(take_heard(), ElementsAre(Polled::NOTHING));
  }
}

TEST_F(polling_test, says_that_a_node_does_not_answer) {
  for (auto what : {send_of("0.x", "{}"), poll_of("0.x", 1)}) {
    ask("node-2", std::move(what));
    auto reply = std::make_shared<roost::link::NodeReply>();
    reply->mutable_error()->set_code(100);
    ASSERT_TRUE(far.answer<actors::ask_node>(actors::node_answer{reply}));
    run();
    EXPECT_THAT(take_heard(), ElementsAre(Polled::FAILED));
  }
  ask("node-2", send_of("0.x", "{}"));
  ASSERT_TRUE(far.answer<actors::ask_node>(
      caf::make_error(caf::sec::request_receiver_down)));
  run();
  EXPECT_THAT(take_heard(), ElementsAre(Polled::FAILED));
  EXPECT_EQ(bytes_under_way(), 0);
}

// The node that had the session may leave the view between two parts.
TEST_F(polling_test, finds_no_session_once_its_node_has_gone) {
  ask("node-2", poll_of("0.x", 1));
  auto now = std::make_shared<actors::cluster_view>();
  now->view = std::make_shared<roost::link::View>();
  membership.on<actors::get_view>(
      [now](const actors::get_view&) { return actors::view_changed{now}; });
  advance(2s);
  answer_far(make_polled(Polled::NOTHING));
  EXPECT_THAT(take_heard(), ElementsAre(Polled::UNKNOWN));
}

// -- bounds -------------------------------------------------------------------

TEST_F(polling_test, has_4_MiB_of_commands_under_way_to_others) {
  const std::string commands(64 * 1024, 'x');
  for (int i = 0; i < 64; ++i)
    ask("node-2", send_of("0.x", commands));
  EXPECT_TRUE(heard.empty());
  EXPECT_EQ(bytes_under_way(), 4 << 20);

  ask("node-2", send_of("0.x", "{}"));
  EXPECT_THAT(take_heard(), ElementsAre(Polled::BUSY));
  ask("node-1", send_of(at(1).enter(session), "{}"));
  EXPECT_THAT(take_heard(), ElementsAre(Polled::BUSY));
  EXPECT_EQ(lane().metrics().commands_refused.value(), 2u);
  EXPECT_EQ(asked_far().size(), 64u);

  answer_far(make_polled(Polled::TAKEN));
  EXPECT_THAT(take_heard(), ElementsAre(Polled::TAKEN));
  ask("node-2", send_of("0.x", "{}"));
  EXPECT_TRUE(heard.empty());
  for (int i = 0; i < 64; ++i)
    answer_far(make_polled(Polled::TAKEN));
  EXPECT_EQ(bytes_under_way(), 0);
}

TEST_F(polling_test, hands_commands_to_sessions_of_its_lane_without_a_bound) {
  const auto name = at(0).enter(session);
  for (int i = 0; i < 65; ++i)
    ask("node-1", send_of(name, std::string(64 * 1024, 'x')));
  EXPECT_EQ(session->asked.size(), 65u);
  EXPECT_EQ(bytes_under_way(), 0);
}

TEST_F(polling_test, counts_requests_by_where_their_session_is) {
  const auto& counted = lane().metrics();
  ask("node-1", poll_of(at(0).enter(session), 1));
  ask("node-1", poll_of(at(1).enter(session), 1));
  ask("node-1", poll_of("x", 1));
  EXPECT_EQ(counted.session_requests_here.value(), 3u);
  EXPECT_EQ(counted.session_requests_elsewhere.value(), 0u);

  ask("node-2", poll_of("0.x", 1));
  advance(2s);
  answer_far(make_polled(Polled::NOTHING)); // its second part
  EXPECT_EQ(counted.session_requests_here.value(), 3u);
  EXPECT_EQ(counted.session_requests_elsewhere.value(), 1u);
}

} // namespace
