// What a link sends, and what it does when it can not.
#include "tests/cluster/support/link_test.hpp"

#include <gmock/gmock.h>

#include <set>

using namespace actors;
using namespace std::chrono_literals;
using roost::link::LinkFrame;
using test_support::link_test;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

// -- batches ------------------------------------------------------------------

TEST_F(link_test, sends_at_the_end_of_the_turn_when_idle) {
  start_up();
  tell(it, events("a", 1));
  tell(it, events("b", 1));
  run();
  const auto got = batches.take<link_batch>();
  ASSERT_THAT(got, SizeIs(1)); // both in one
  EXPECT_EQ(got[0].seq, 0u);
  EXPECT_EQ(got[0].epoch, epoch);
}

TEST_F(link_test, has_four_batches_under_way_at_most) {
  start_up();
  for (std::uint64_t i = 1; i <= 9; ++i) {
    tell(it, events("a", i));
    run();
  }
  EXPECT_THAT(batches.take<link_batch>(), SizeIs(4));
  ack(0);
  const auto more = batches.take<link_batch>();
  ASSERT_THAT(more, SizeIs(1));
  in.feed(more[0].bytes); // what waited is one batch
  std::size_t frames = 0;
  while (in.next())
    ++frames;
  EXPECT_EQ(frames, 5u);
}

TEST_F(link_test, keeps_the_order_of_what_it_sends) {
  start_up();
  for (std::uint64_t i = 1; i <= 200; ++i)
    tell(it, events("a", i, 1000));
  run();
  std::uint64_t next = 1;
  for (auto& f : drain())
    for (auto& e : f.room_events().events())
      EXPECT_EQ(e.publication().offset(), next++);
  EXPECT_EQ(next, 201u);
}

TEST_F(link_test, acknowledges_what_it_got_once_a_turn) {
  start_up();
  outgoing_stream out;
  LinkFrame lease; // is not answered
  lease.mutable_lease();
  for (std::uint64_t i = 0; i < 3; ++i) {
    out.append(lease);
    tell(it, link_batch{epoch, i, out.take_batch()});
  }
  run();
  const auto got = acks.take<link_ack>();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].seq, 2u);
  EXPECT_EQ(got[0].epoch, epoch);
}

TEST_F(link_test, acknowledges_a_single_batch_before_long) {
  start_up();
  outgoing_stream out;
  LinkFrame lease; // is not answered
  lease.mutable_lease();
  out.append(lease);
  tell(it, link_batch{epoch, 0, out.take_batch()});
  run();
  EXPECT_THAT(acks.take<link_ack>(), IsEmpty());
  advance(600ms);
  EXPECT_THAT(acks.take<link_ack>(), SizeIs(1));
}

TEST_F(link_test, acknowledges_every_second_batch) {
  start_up();
  outgoing_stream out;
  LinkFrame lease; // is not answered
  lease.mutable_lease();
  std::vector<std::uint64_t> acknowledged;
  for (std::uint64_t i = 0; i < 5; ++i) {
    out.append(lease);
    tell(it, link_batch{epoch, i, out.take_batch()});
    run();
    for (const auto& x : acks.take<link_ack>())
      acknowledged.push_back(x.seq);
  }
  EXPECT_THAT(acknowledged, testing::ElementsAre(1u, 3u));
}

TEST_F(link_test, acknowledges_by_a_batch_that_goes_anyway) {
  start_up();
  LinkFrame ping;
  ping.mutable_ping();
  for (std::uint64_t i = 1; i <= 3; ++i) {
    send(ping); // answered by a pong
    const auto got = batches.take<link_batch>();
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].acked, i);
    ack(got[0].seq);
  }
  EXPECT_THAT(acks.take<link_ack>(), IsEmpty());
}

TEST_F(link_test, takes_a_batch_for_an_acknowledgement) {
  start_up();
  fill_queue();
  const auto sent = batches.take<link_batch>();
  ASSERT_EQ(sent.size(), link::max_in_flight);
  outgoing_stream out;
  LinkFrame lease;
  lease.mutable_lease();
  out.append(lease);
  tell(it, link_batch{epoch, seq++, out.take_batch(), sent[1].seq + 1});
  run();
  EXPECT_THAT(batches.take<link_batch>(), SizeIs(2));
}

TEST_F(link_test, ignores_batches_and_acks_of_another_epoch) {
  start_up();
  tell(it, link_batch{epoch - 1, 0, "junk"});
  tell(it, link_batch{epoch + 1, 0, "junk"});
  tell(acks_to, link_ack{epoch - 1, 0});
  run();
  EXPECT_TRUE(is_up());
  EXPECT_EQ(metrics().batches_ignored.value(), 2u);
  EXPECT_THAT(acks.take<link_ack>(), IsEmpty());
}

TEST_F(link_test, ignores_acks_of_what_it_never_sent) {
  start_up();
  ack(1'000'000);
  for (std::uint64_t i = 1; i <= 9; ++i) {
    tell(it, events("a", i));
    run();
  }
  EXPECT_THAT(batches.take<link_batch>(), SizeIs(4));
}

TEST_F(link_test, is_cut_by_a_batch_out_of_order) {
  start_up();
  tell(it, link_batch{epoch, 1, ""});
  run();
  EXPECT_FALSE(is_up());
  EXPECT_EQ(guard->cuts, 1);
}

TEST_F(link_test, is_cut_by_bytes_that_are_no_frames) {
  start_up();
  tell(it, link_batch{epoch, 0, std::string{"\x02\xff\xff", 3}});
  run();
  EXPECT_FALSE(is_up());
  EXPECT_EQ(guard->cuts, 1);
}

TEST_F(link_test, takes_a_frame_of_a_megabyte) {
  start_up();
  LinkFrame frame;
  frame.set_id(1);
  frame.mutable_room_request()->set_room("lobby");
  frame.mutable_room_request()->mutable_publish()->set_data(
      std::string(1 << 20, 'x'));
  send(frame);
  EXPECT_GE(metrics().batches_received.value(), 16u);
  EXPECT_EQ(metrics().frames_received.value(), 1u);
}

// -- requests of this node ----------------------------------------------------

TEST_F(link_test, pairs_replies_with_requests) {
  start_up();
  auto first = start_ask<room_answer>(it, publish("1"));
  auto second = start_ask<room_answer>(it, publish("2"));
  run();
  const auto sent = frames();
  ASSERT_EQ(sent.size(), 2u);
  for (const auto i : {1, 0}) {
    LinkFrame reply;
    reply.set_id(sent[i].id());
    reply.mutable_room_reply()->mutable_published()->set_offset(10 + i);
    send(reply);
  }
  ASSERT_TRUE(first->answer);
  ASSERT_TRUE(second->answer);
  EXPECT_EQ(first->answer->reply->published().offset(), 10u);
  EXPECT_EQ(second->answer->reply->published().offset(), 11u);
  EXPECT_EQ(metrics().requests_under_way.value(), 0);
}

TEST_F(link_test, carries_requests_to_shards_and_nodes) {
  start_up();
  auto shard = std::make_shared<roost::link::ShardRequest>();
  shard->set_shard(3);
  auto handed = start_ask<shard_answer>(it, ask_shard{shard});
  auto node = std::make_shared<roost::link::NodeRequest>();
  node->mutable_info();
  auto info = start_ask<node_answer>(it, ask_node{node});
  run();
  const auto sent = frames();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].shard_request().shard(), 3u);
  EXPECT_TRUE(sent[1].node_request().has_info());
  LinkFrame reply;
  reply.set_id(sent[0].id());
  reply.mutable_shard_reply()->mutable_done();
  send(reply);
  reply.set_id(sent[1].id());
  reply.mutable_node_reply()->set_reached(4);
  send(reply);
  EXPECT_TRUE(handed->answer->reply->has_done());
  EXPECT_EQ(info->answer->reply->reached(), 4u);
}

TEST_F(link_test, carries_what_shards_have_for_their_copies_together) {
  start_up();
  auto requests = std::make_shared<shard_requests>();
  for (const std::uint32_t number : {3u, 1u}) {
    requests->push_back(std::make_shared<roost::link::ShardRequest>());
    requests->back()->set_shard(number);
  }
  auto asked = start_ask<shards_answer>(it, ask_shards{requests});
  run();
  const auto sent = frames();
  ASSERT_EQ(sent.size(), 1u);
  ASSERT_EQ(sent[0].shard_requests().requests_size(), 2);
  EXPECT_EQ(sent[0].shard_requests().requests(0).shard(), 3u);
  EXPECT_EQ(sent[0].shard_requests().requests(1).shard(), 1u);
  LinkFrame reply;
  reply.set_id(sent[0].id());
  auto& replies = *reply.mutable_shard_replies();
  replies.add_replies()->mutable_replicated()->set_has(7);
  replies.add_replies()->mutable_error()->set_code(100);
  send(reply);
  ASSERT_TRUE(asked->answer);
  const auto& got = *asked->answer->replies;
  ASSERT_EQ(got.replies_size(), 2);
  EXPECT_EQ(got.replies(0).replicated().has(), 7u);
  EXPECT_TRUE(got.replies(1).has_error());
}

TEST_F(link_test, answers_all_shards_when_the_peer_is_out_of_reach) {
  start();
  auto requests = std::make_shared<shard_requests>(
      2, std::make_shared<roost::link::ShardRequest>());
  const auto answer = ask<shards_answer>(it, ask_shards{requests});
  EXPECT_EQ(answer->replies->error().code(), 100u);
}

TEST_F(link_test, answers_with_a_temporary_error_when_no_reply_comes) {
  start_up();
  auto asked = start_ask<room_answer>(it, publish());
  LinkFrame alive;
  alive.mutable_pong();
  for (int i = 0; i < 4; ++i) {
    advance(900ms);
    send(alive);
  }
  EXPECT_TRUE(asked->pending());
  advance(500ms);
  ASSERT_TRUE(asked->answer);
  EXPECT_EQ(asked->answer->reply->error().code(), 100u);
  EXPECT_EQ(metrics().requests_timed_out.value(), 1u);
  // A reply that comes too late is nobody's.
  const auto sent = frames();
  ASSERT_EQ(sent.size(), 1u);
  LinkFrame reply;
  reply.set_id(sent[0].id());
  reply.mutable_room_reply()->mutable_done();
  send(reply);
  EXPECT_TRUE(is_up());
}

TEST_F(link_test, answers_at_once_while_it_is_down) {
  start();
  auto answer = ask<room_answer>(it, publish());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->reply->error().code(), 100u);
  EXPECT_EQ(answer->reply->error().message(), "peer can't be reached");
  auto node = std::make_shared<roost::link::NodeRequest>();
  EXPECT_EQ(ask<node_answer>(it, ask_node{node})->reply->error().code(), 100u);
  auto shard = std::make_shared<roost::link::ShardRequest>();
  EXPECT_EQ(ask<shard_answer>(it, ask_shard{shard})->reply->error().code(),
            100u);
}

TEST_F(link_test, answers_what_is_under_way_when_it_goes_down) {
  start_up();
  auto asked = start_ask<room_answer>(it, publish());
  run();
  EXPECT_TRUE(asked->pending());
  anon_send_exit(batches.handle(), caf::exit_reason::kill);
  run();
  ASSERT_TRUE(asked->answer);
  EXPECT_EQ(asked->answer->reply->error().code(), 100u);
  EXPECT_EQ(metrics().requests_under_way.value(), 0);
  const auto states = membership.take<link_state>();
  ASSERT_EQ(states.size(), 1u);
  EXPECT_FALSE(states[0].up);
}

TEST_F(link_test, does_not_send_the_queue_of_an_earlier_connection) {
  start_up();
  fill_queue();
  anon_send_exit(batches.handle(), caf::exit_reason::kill);
  run();
  batches = stand_in_for("batches again");
  sockets->peer = batches.handle();
  come_up();
  EXPECT_THAT(frames(), IsEmpty());
  EXPECT_EQ(metrics().queued_bytes.value(), 0);
}

TEST_F(link_test, is_cut_by_a_reply_of_another_kind) {
  start_up();
  auto asked = start_ask<room_answer>(it, publish());
  run();
  LinkFrame reply;
  reply.set_id(frames().at(0).id());
  reply.mutable_node_reply()->set_reached(1);
  send(reply);
  EXPECT_FALSE(is_up());
  ASSERT_TRUE(asked->answer);
  EXPECT_EQ(asked->answer->reply->error().code(), 100u);
}

// -- a full queue -------------------------------------------------------------

TEST_F(link_test, refuses_requests_when_the_queue_is_full) {
  start_up();
  fill_queue();
  auto answer = ask<room_answer>(it, publish());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->reply->error().code(), 111u);
  EXPECT_GE(metrics().queued_bytes.value(), 256 * 1024);
  EXPECT_LE(metrics().queued_bytes.value(), 256 * 1024 + 51'000);
}

TEST_F(link_test, sends_a_gap_for_rooms_whose_events_it_dropped) {
  start_up();
  fill_queue();
  tell(it, events("dropped", 1));
  run();
  const auto got = drain();
  ASSERT_FALSE(got.empty());
  std::set<std::string> gaps;
  for (const auto& f : got)
    if (f.room_events().gap()) {
      gaps.insert(f.room_events().room());
      EXPECT_EQ(f.room_events().lanes(), 1u);
    }
  EXPECT_EQ(gaps, (std::set<std::string>{"dropped", "filler"}));
  EXPECT_GT(metrics().events_dropped.value(), 0u);
  // And only once.
  tell(it, events("dropped", 2));
  run();
  for (const auto& f : drain())
    EXPECT_FALSE(f.room_events().gap());
}

TEST_F(link_test, says_gap_before_the_next_events_of_a_room) {
  start_up();
  fill_queue();
  tell(it, events("dropped", 1));
  run();
  // Space for one, but not half of the queue.
  for (const auto& x : batches.take<link_batch>())
    in.feed(x.bytes);
  while (in.next())
    ;
  ack(0);
  tell(it, events("dropped", 2));
  run();
  for (const auto& f : drain())
    if (f.room_events().room() == "dropped") {
      EXPECT_TRUE(f.room_events().gap());
      ASSERT_EQ(f.room_events().events_size(), 1);
      EXPECT_EQ(f.room_events().events(0).publication().offset(), 2u);
      return;
    }
  FAIL() << "nothing of the room";
}

TEST_F(link_test, makes_all_resynchronise_when_too_many_rooms_have_gaps) {
  start_up();
  fill_queue();
  for (int i = 0; i < 5000; ++i)
    tell(it, events("room " + std::to_string(i), 1));
  run();
  std::size_t gaps = 0;
  for (const auto& f : drain())
    if (f.room_events().gap()) {
      ++gaps;
      EXPECT_EQ(f.room_events().room(), "");
    }
  EXPECT_EQ(gaps, 1u);
}

TEST_F(link_test, makes_audiences_resynchronise_on_a_gap_for_all) {
  start_up();
  LinkFrame frame;
  frame.mutable_room_events()->set_gap(true);
  frame.mutable_room_events()->set_lanes(~0ULL);
  send(frame);
  EXPECT_THAT(audiences[1].take<resynchronise>(), SizeIs(1));
}

TEST_F(link_test, still_sends_control_when_the_queue_is_full) {
  start_up();
  fill_queue();
  LinkFrame frame;
  frame.mutable_heartbeat()->set_view(3);
  tell(it, control_frame{"peer", std::make_shared<LinkFrame>(frame)});
  run();
  bool found = false;
  for (const auto& f : drain())
    found |= f.has_heartbeat();
  EXPECT_TRUE(found);
}

/// What a link may not drop.
control_frame large_reply() {
  auto frame = std::make_shared<LinkFrame>();
  frame->mutable_room_reply()->mutable_error()->set_message(
      std::string(50'000, 'x'));
  return {"peer", frame};
}

TEST_F(link_test, is_cut_above_twice_the_bound_if_the_peer_takes_nothing) {
  start_up();
  for (int i = 0; i < 20; ++i)
    tell(it, large_reply());
  run();
  EXPECT_TRUE(is_up());
  advance(400ms);
  EXPECT_TRUE(is_up());
  advance(400ms);
  EXPECT_FALSE(is_up());
  EXPECT_EQ(guard->cuts, 1);
}

TEST_F(link_test, stays_up_above_twice_the_bound_if_the_peer_takes_some) {
  start_up();
  for (int i = 0; i < 20; ++i)
    tell(it, large_reply());
  run();
  for (std::uint64_t i = 0; i < 3; ++i) {
    advance(400ms);
    ack(i);
  }
  EXPECT_TRUE(is_up());
}

TEST_F(link_test, is_cut_above_four_times_the_bound) {
  start_up();
  for (int i = 0; i < 40; ++i)
    tell(it, large_reply());
  run();
  EXPECT_FALSE(is_up());
  EXPECT_EQ(guard->cuts, 1);
}

TEST_F(link_test, refuses_a_request_that_no_frame_can_hold) {
  settings.queue_bytes = 2 * max_link_frame;
  start_up();
  auto answer = ask<room_answer>(it, publish(std::string(max_link_frame, 'x')));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->reply->error().code(), 106u);
  EXPECT_EQ(metrics().requests_under_way.value(), 0);
  EXPECT_TRUE(is_up());
}

} // namespace
