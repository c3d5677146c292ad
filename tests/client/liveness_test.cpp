#include "tests/client/client_test.hpp"

#include <set>

namespace {

using namespace client_test_support;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class liveness_test : public client_test {
protected:
  /// Lets time pass until the next ping; returns how much.
  std::chrono::milliseconds until_ping(test_client& client) {
    std::chrono::milliseconds passed{0};
    for (;; passed += 100ms) {
      for (const auto& line : client.hear())
        if (line == "{}")
          return passed;
      if (passed > 60s || client.closed()) {
        ADD_FAILURE() << "no ping comes";
        return passed;
      }
      advance(100ms);
    }
  }
};

TEST_F(liveness_test, closes_who_never_connects) {
  auto client = arrive();
  run();

  advance(9'900ms);
  EXPECT_EQ(client.ending(), "open");

  advance(100ms);
  EXPECT_EQ(client.ending(), "3502 stale");
}

TEST_F(liveness_test, pings_first_in_the_second_half_of_the_interval) {
  auto client = connected("alice");

  const auto first = until_ping(client);

  EXPECT_GE(first, 12'500ms);
  EXPECT_LE(first, 25s);
}

TEST_F(liveness_test, does_not_ping_all_clients_together) {
  std::set<std::chrono::milliseconds> times;
  for (int i = 0; i < 5; ++i) {
    auto client = connected("alice");
    times.insert(until_ping(client));
  }
  EXPECT_GT(times.size(), 1u);
}

TEST_F(liveness_test, pings_at_the_interval_as_long_as_pongs_come) {
  auto client = connected("alice");
  until_ping(client);

  for (int i = 0; i < 3; ++i) {
    client.say("{}");
    const auto passed = until_ping(client);
    EXPECT_GE(passed, 24'900ms);
    EXPECT_LE(passed, 25'100ms);
  }
  EXPECT_EQ(client.ending(), "open");
  EXPECT_EQ(commands("pong"), 3u);
}

TEST_F(liveness_test, takes_a_pong_between_commands) {
  auto client = connected("alice");
  until_ping(client);

  client.say(R"({"id":8,"rpc":{"method":"roost.echo"}})"
             "\n{}\n"
             R"({"id":9,"rpc":{"method":"roost.echo"}})");

  EXPECT_THAT(client.hear(), testing::SizeIs(2));
  EXPECT_EQ(client.ending(), "open");
  EXPECT_EQ(commands("pong"), 1u);
}

TEST_F(liveness_test, closes_who_does_not_answer_a_ping) {
  auto client = connected("alice");
  until_ping(client);

  advance(7'800ms);
  EXPECT_EQ(client.ending(), "open");

  advance(300ms);
  EXPECT_EQ(client.ending(), "3012 no pong");
}

TEST_F(liveness_test, waits_for_a_pong_while_what_is_before_the_ping_moves) {
  auto client = connected("alice");
  client.link().progress = {.queued = 1'000'000, .taken = 0};
  until_ping(client);

  for (std::uint64_t taken = 100'000; taken <= 1'000'000; taken += 300'000) {
    client.link().progress.taken = taken;
    advance(8s);
    EXPECT_EQ(client.ending(), "open") << taken;
  }
  client.link().progress.taken = 1'000'020; // the ping, too
  advance(7'800ms);
  EXPECT_EQ(client.ending(), "open");

  advance(300ms);
  EXPECT_EQ(client.ending(), "3012 no pong");
}

TEST_F(liveness_test, waits_for_no_pong_of_a_client_that_takes_nothing) {
  auto client = connected("alice");
  client.link().progress = {.queued = 1'000'000, .taken = 500'000};
  until_ping(client);

  advance(8'100ms);

  EXPECT_EQ(client.ending(), "3012 no pong");
}

TEST_F(liveness_test, refuses_a_pong_that_no_ping_asked_for) {
  auto client = connected("alice");

  client.say("{}");

  EXPECT_EQ(client.ending(), "3501 bad request");
}

TEST_F(liveness_test, refuses_a_second_pong) {
  auto client = connected("alice");
  until_ping(client);
  client.say("{}");
  EXPECT_EQ(client.ending(), "open");

  client.say("{}");

  EXPECT_EQ(client.ending(), "3501 bad request");
}

TEST_F(liveness_test, expects_no_pongs_if_configured) {
  config.client.pong_timeout = 0s;
  auto client = arrive();
  client.say(R"({"id":1,"connect":{"token":")" + token("alice") + R"("}})");
  EXPECT_THAT(client.hear(),
              ElementsAre(R"({"id":1,"connect":{"client":"CLIENT",)"
                          R"("version":"Roost 0.0.0","ping":25}})"));

  advance(100s);

  EXPECT_EQ(client.ending(), "open");
  EXPECT_THAT(client.hear(), ::testing::SizeIs(::testing::AnyOf(3, 4)));
}

TEST_F(liveness_test, sends_no_pings_if_configured) {
  config.client.ping_interval = 0s;
  auto client = connected("alice");

  advance(100s);

  EXPECT_THAT(client.hear(), IsEmpty());
  EXPECT_EQ(client.ending(), "open");
}

TEST_F(liveness_test, pings_in_protobuf) {
  config.client.allow_anonymous_connect_without_token = true;
  auto client = arrive({proto::wire_format::protobuf, {}, "", "", {}});
  client.say({"\x04\x08\x01\x22\x00", 5}); // id 1, connect {}
  client.hear();

  for (int i = 0; i < 250 && client.link().frames.empty(); ++i)
    advance(100ms);

  EXPECT_THAT(client.link().frames, ElementsAre(std::string(1, '\0')));
  client.say({"\0", 1});
  EXPECT_EQ(client.ending(), "open");
}

} // namespace
