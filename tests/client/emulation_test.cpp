#include "actors/client/connection/client_id.hpp"
#include "actors/client/emulation.hpp"
#include "actors/client/polling.hpp"
#include "tests/client/client_test.hpp"

#include <regex>

namespace {

using namespace client_test_support;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using outcome = actors::emulation::outcome;

/// Clients whose commands do not come on the socket that they read.
class emulation_test : public client_test {
protected:
  /// One that is connected; its session is in `session`.
  test_client streaming(const std::string& user) {
    actors::client_origin origin;
    origin.transport = ::config::transport::sse;
    auto client = arrive(std::move(origin));
    client.say(R"({"id":1,"connect":{"token":")" + token(user) + R"("}})");
    const auto lines = client.hear();
    std::smatch found;
    const std::regex pattern{R"re("session":"([^"]+)","node":"node-1")re"};
    if (!lines.empty() && std::regex_search(lines.front(), found, pattern))
      session = found[1];
    return client;
  }

  outcome send(const std::string& node, const std::string& to,
               const std::string& commands) {
    const auto result = std::make_shared<outcome>(outcome::failed);
    door().send(node, to, commands, [result](outcome x) { *result = x; });
    run();
    return *result;
  }

  actors::emulation& door() { return *only<actors::emulation>(door_); }
  actors::polling& polling() { return *only<actors::polling>(polling_); }

  std::string session;

private:
  template <class Actor>
  Actor* only(caf::actor& slot) {
    if (!slot) {
      slot = spawn<Actor>(lane(), services);
      run();
    }
    return actors::self_of<Actor>(slot);
  }

  caf::actor door_;
  caf::actor polling_;
};

TEST_F(emulation_test, names_a_session_to_those_who_need_one) {
  auto client = streaming("alice");
  EXPECT_EQ(session.size(), 36u);
  const auto first = session;
  streaming("alice");
  EXPECT_NE(session, first);
  EXPECT_NE(session, client.id());
}

TEST_F(emulation_test, brings_commands_to_the_session) {
  auto client = streaming("alice");
  EXPECT_EQ(send("node-1", session,
                 R"({"id":2,"subscribe":{"channel":"open:1"}})"
                 "\n"
                 R"({"id":3,"publish":{"channel":"open:1","data":{}}})"),
            outcome::taken);
  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"subscribe":{}})",
                                         R"({"id":3,"publish":{}})"));
}

TEST_F(emulation_test, knows_no_session_of_another) {
  auto client = streaming("alice");
  EXPECT_EQ(send("node-1", client.id(), "{}"), outcome::unknown);
  EXPECT_EQ(send("node-1", "", "{}"), outcome::unknown);
  EXPECT_EQ(client.ending(), "open");
}

TEST_F(emulation_test, forgets_a_session_with_its_connection) {
  auto client = streaming("alice");
  client.self().on_closed("gone");
  run();
  EXPECT_EQ(send("node-1", session, "{}"), outcome::unknown);
}

TEST_F(emulation_test, ends_a_client_that_breaks_the_protocol) {
  auto client = streaming("alice");
  EXPECT_EQ(send("node-1", session, "nonsense"), outcome::taken);
  EXPECT_THAT(client.ending(), StartsWith("3501"));
}

TEST_F(emulation_test, counts_commands_until_they_are_taken) {
  auto client = streaming("alice");
  const auto& bytes = metrics().commands_under_way_bytes;
  auto result = outcome::failed;
  door().send("node-1", session, R"({"id":2,"send":{}})",
              [&](outcome x) { result = x; });
  EXPECT_EQ(bytes.value(), 18);
  run();
  EXPECT_EQ(result, outcome::taken);
  EXPECT_EQ(bytes.value(), 0);
}

// A node that does not answer must not make a lane hold what strangers send to
// it, by whichever way.
TEST_F(emulation_test, shares_one_bound_with_long_polling) {
  membership.on<actors::get_view>(
      [](const actors::get_view&) { return actors::view_changed{}; });
  start();
  auto& by_emulation = door(); // both are there before anything waits
  auto& by_polling = polling();
  const std::string mebibyte(1024 * 1024, 'x');
  roost::link::Poll poll;
  poll.set_session("0.of-another");
  poll.set_send(1);
  poll.set_commands(mebibyte);
  std::vector<outcome> ends;
  std::vector<roost::link::Polled::Outcome> polled;
  auto send = [&] {
    by_emulation.send("node-2", actors::make_client_id(), mebibyte,
                      [&](outcome x) { ends.push_back(x); });
  };
  auto ask = [&] {
    by_polling.ask("node-2", poll, [&](const roost::link::Polled& x) {
      polled.push_back(x.outcome());
    });
  };
  for (int i = 0; i < 2; ++i) {
    send();
    ask();
  }
  EXPECT_THAT(ends, IsEmpty());
  EXPECT_THAT(polled, IsEmpty());
  EXPECT_EQ(metrics().commands_under_way_bytes.value(), 4 * 1024 * 1024);

  send();
  ask();
  EXPECT_THAT(ends, ElementsAre(outcome::too_many));
  EXPECT_THAT(polled, ElementsAre(roost::link::Polled::BUSY));
  EXPECT_EQ(metrics().commands_refused.value(), 2u);

  // A poll has no commands, so it needs no room.
  poll.clear_send();
  poll.clear_commands();
  poll.set_answer(1);
  ask();
  EXPECT_EQ(polled.size(), 1u);

  run(); // the view has no such node
  EXPECT_THAT(
      ends, ElementsAre(outcome::too_many, outcome::unknown, outcome::unknown));
  EXPECT_EQ(metrics().commands_under_way_bytes.value(), 0);
}

TEST_F(emulation_test, counts_requests_by_where_their_session_is) {
  auto client = streaming("alice");
  membership.on<actors::get_view>([](const actors::get_view&) {
    auto now = std::make_shared<actors::cluster_view>();
    now->view = std::make_shared<roost::link::View>();
    return actors::view_changed{now};
  });
  EXPECT_EQ(send("node-1", session, "{}"), outcome::taken);
  EXPECT_EQ(send("node-1", "x", "{}"), outcome::unknown); // is no session's
  EXPECT_EQ(send("node-1", actors::make_client_id(), "{}"), outcome::unknown);
  EXPECT_EQ(send("node-2", session, "{}"), outcome::unknown);
  EXPECT_EQ(metrics().session_requests_here.value(), 2u);
  EXPECT_EQ(metrics().session_requests_elsewhere.value(), 1u);
}

/// Clients that take pushes alone.
class listener_test : public client_test {
protected:
  test_client listening(const std::string& shown) {
    actors::client_origin origin;
    origin.transport = ::config::transport::uni_sse;
    auto client = arrive(std::move(origin));
    client.say(R"({"id":1,"connect":{"token":")" + shown + R"("}})");
    return client;
  }
};

TEST_F(listener_test, is_told_its_connect_by_a_push) {
  config.client.ping_interval = 25s;
  auto client = listening(token("alice"));
  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"push":{"connect":{"client":"CLIENT",)"
                          R"("version":"Roost 0.0.0","ping":25}}})"));
}

TEST_F(listener_test, need_not_answer_pings) {
  config.client.ping_interval = 25s;
  config.client.pong_timeout = 8s;
  auto client = listening(token("alice"));
  client.hear();
  advance(200s);
  EXPECT_EQ(client.ending(), "open");
  EXPECT_GE(client.hear().size(), 6u);
}

TEST_F(listener_test, is_ended_where_others_get_an_error) {
  auto client = listening(old_token("alice"));
  EXPECT_THAT(client.ending(), StartsWith("3005"));
  EXPECT_THAT(client.hear(), IsEmpty());
}

} // namespace
