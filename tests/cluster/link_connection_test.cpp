// How a link makes, watches and ends its connection.
#include "tests/cluster/support/link_test.hpp"

#include <gmock/gmock.h>

using namespace actors;
using namespace std::chrono_literals;
using roost::link::LinkFrame;
using test_support::link_test;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

// -- coming up ----------------------------------------------------------------

TEST_F(link_test, says_hello_where_it_dialled) {
  start();
  come_up();
  EXPECT_TRUE(is_up());
  const auto states = membership.take<link_state>();
  ASSERT_EQ(states.size(), 1u);
  EXPECT_TRUE(states[0].up);
  EXPECT_EQ(states[0].peer, "peer");
  EXPECT_EQ(states[0].incarnation, "life-1");
}

TEST_F(link_test, tells_audiences_to_resynchronise_when_it_is_up) {
  start();
  EXPECT_THAT(audiences[0].take<resynchronise>(), IsEmpty());
  come_up();
  for (auto& x : audiences) {
    const auto got = x.take<resynchronise>();
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].node, "peer");
  }
}

TEST_F(link_test, welcomes_who_dialled) {
  start();
  tell(it, use_connection{socket(false)});
  run();
  EXPECT_EQ(sockets->published, it);
  tell(it, link_hello{41, "peer", "life-1", batches.handle(), acks.handle()});
  run();
  const auto welcomes = batches.take<link_welcome>();
  ASSERT_EQ(welcomes.size(), 1u);
  EXPECT_EQ(welcomes[0].epoch, 41u);
  EXPECT_EQ(welcomes[0].node, "me");
  EXPECT_EQ(welcomes[0].incarnation, "my-life");
  EXPECT_TRUE(is_up());
}

TEST_F(link_test, welcomes_nobody_but_the_peer_that_proved_itself) {
  start();
  tell(it, link_hello{9, "peer", "life-1", batches.handle(), acks.handle()});
  tell(it, use_connection{socket(false)});
  run();
  tell(it, link_hello{9, "other", "life-1", batches.handle(), acks.handle()});
  tell(it, link_hello{9, "peer", "life-2", batches.handle(), acks.handle()});
  run();
  EXPECT_THAT(batches.take<link_welcome>(), IsEmpty());
  EXPECT_FALSE(is_up());
}

TEST_F(link_test, never_uses_an_epoch_twice) {
  start();
  come_up(70);
  anon_send_exit(batches.handle(), caf::exit_reason::kill);
  run();
  EXPECT_FALSE(is_up());
  batches = stand_in_for("batches again");
  sockets->peer = batches.handle();
  come_up();
  EXPECT_EQ(epoch, 71u);
}

TEST_F(link_test, gives_up_a_handshake_that_takes_too_long) {
  start();
  tell(it, use_connection{socket()});
  run();
  advance(1000ms);
  EXPECT_EQ(guard->cuts, 0);
  advance(500ms);
  EXPECT_EQ(guard->cuts, 1);
  const auto states = membership.take<link_state>();
  ASSERT_EQ(states.size(), 1u);
  EXPECT_FALSE(states[0].up);
}

TEST_F(link_test, goes_down_when_the_greeting_fails) {
  start();
  sockets->peer = nullptr;
  tell(it, use_connection{socket()});
  run();
  object<actors::link>(it).in_handler(
      [&] { sockets->later(caf::make_error(caf::sec::request_timeout)); });
  run();
  EXPECT_EQ(guard->cuts, 1);
}

TEST_F(link_test, refuses_a_second_connection_while_the_first_is_alive) {
  start_up();
  const auto first = guard;
  tell(it, use_connection{socket()});
  run();
  EXPECT_EQ(guard->cuts, 1);
  EXPECT_EQ(first->cuts, 0);
  EXPECT_TRUE(is_up());
}

TEST_F(link_test, takes_a_second_connection_when_the_first_is_silent) {
  start_up();
  const auto first = guard;
  advance(1250ms);
  come_up();
  EXPECT_EQ(first->cuts, 1);
  EXPECT_TRUE(is_up());
}

TEST_F(link_test, takes_a_new_life_of_the_peer_in_the_middle_of_a_handshake) {
  start();
  tell(it, use_connection{socket(true, "life-1")});
  run();
  batches.take<link_hello>();
  const auto first = guard;
  come_up(0, "life-2");
  EXPECT_EQ(first->cuts, 1);
  EXPECT_TRUE(is_up());
}

// -- watching -----------------------------------------------------------------

TEST_F(link_test, is_cut_after_the_failure_timeout_without_a_word) {
  start_up();
  advance(2000ms);
  EXPECT_TRUE(is_up());
  advance(260ms);
  EXPECT_FALSE(is_up());
  EXPECT_EQ(guard->cuts, 1);
  EXPECT_THAT(membership.take<link_state>(), SizeIs(1));
}

TEST_F(link_test, stays_up_as_long_as_it_hears_something) {
  start_up();
  LinkFrame ping;
  ping.mutable_ping()->set_sent_ns(1);
  for (int i = 0; i < 10; ++i) {
    advance(1500ms);
    send(ping);
  }
  EXPECT_TRUE(is_up());
}

TEST_F(link_test, sends_pings_and_measures_the_round_trip) {
  start_up();
  advance(600ms);
  std::optional<LinkFrame> ping;
  for (const auto& x : batches.take<link_batch>()) {
    in.feed(x.bytes);
    while (auto f = in.next())
      if (f->has_ping())
        ping = std::move(f);
  }
  ASSERT_TRUE(ping);
  EXPECT_EQ(metrics().round_trip_ns.load(), 0);
  LinkFrame pong;
  pong.mutable_pong()->set_sent_ns(ping->ping().sent_ns());
  send(pong);
  EXPECT_GT(metrics().round_trip_ns.load(), 0);
}

TEST_F(link_test, answers_pings) {
  start_up();
  LinkFrame ping;
  ping.mutable_ping()->set_sent_ns(1234);
  send(ping);
  const auto sent = frames();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].pong().sent_ns(), 1234);
}

TEST_F(link_test, leaves_the_registry_when_it_ends) {
  start_up();
  EXPECT_THAT(registry->snapshot(), SizeIs(1));
  anon_send_exit(it, caf::exit_reason::user_shutdown);
  run();
  EXPECT_THAT(registry->snapshot(), IsEmpty());
  EXPECT_EQ(guard->cuts, 1);
}

} // namespace
