// What a link does with what the peer sends.
#include "tests/cluster/support/link_test.hpp"

#include <gmock/gmock.h>

using namespace actors;
using namespace std::chrono_literals;
using roost::link::LinkFrame;
using test_support::link_test;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

// -- requests of the peer -----------------------------------------------------

TEST_F(link_test, passes_requests_on_to_the_shard_of_the_room) {
  start_up();
  LinkFrame frame;
  frame.set_id(77);
  frame.mutable_room_request()->set_room("lobby");
  frame.mutable_room_request()->set_origin("liar");
  frame.mutable_room_request()->mutable_publish()->set_data("{}");
  send(frame);
  auto& shard = shards[shard_of("lobby", 4)];
  const auto got = shard.take<ask_room>();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].request->origin(), "peer");
  auto reply = std::make_shared<roost::link::RoomReply>();
  reply->mutable_published()->set_offset(5);
  shard.answer<ask_room>(room_answer{reply});
  run();
  const auto sent = frames();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].id(), 77u);
  EXPECT_EQ(sent[0].room_reply().published().offset(), 5u);
}

TEST_F(link_test, passes_requests_on_to_a_shard_by_number) {
  start_up();
  LinkFrame frame;
  frame.set_id(1);
  frame.mutable_shard_request()->set_shard(2);
  send(frame);
  EXPECT_THAT(shards[2].take<ask_shard>(), SizeIs(1));
  frame.mutable_shard_request()->set_shard(4); // there is none
  send(frame);
  const auto sent = frames();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].shard_reply().error().code(), 100u);
}

// Answers each request with the number of its shard.
shards_answer numbers(const ask_shards& x) {
  shards_answer result{std::make_shared<roost::link::ShardReplies>()};
  for (const auto& request : *x.requests)
    result.replies->add_replies()->mutable_replicated()->set_has(
        request->shard());
  return result;
}

TEST_F(link_test, hands_requests_for_copies_to_the_couriers_of_their_lanes) {
  start_up();
  couriers[1].on<ask_shards>(numbers);
  LinkFrame frame;
  frame.set_id(9);
  for (const auto number : {3u, 2u, 1u, 0u})
    frame.mutable_shard_requests()->add_requests()->set_shard(number);
  send(frame);
  EXPECT_THAT(frames(), SizeIs(0)); // one lane has not answered
  const auto asked = couriers[0].take<ask_shards>();
  ASSERT_EQ(asked.size(), 1u);
  couriers[0].answer<ask_shards>(numbers(asked[0]));
  run();
  const auto sent = frames();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].id(), 9u);
  const auto& replies = sent[0].shard_replies();
  ASSERT_EQ(replies.replies_size(), 4);
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(replies.replies(i).replicated().has(), 3u - i);
}

TEST_F(link_test, refuses_requests_for_copies_on_a_node_without_rooms) {
  settings.couriers.clear();
  start_up();
  LinkFrame frame;
  frame.set_id(9);
  frame.mutable_shard_requests()->add_requests();
  send(frame);
  const auto sent = frames();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].shard_replies().error().code(), 100u);
}

TEST_F(link_test, answers_no_requests_for_copies_with_no_replies) {
  start_up();
  LinkFrame frame;
  frame.set_id(9);
  frame.mutable_shard_requests();
  send(frame);
  const auto sent = frames();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].id(), 9u);
  EXPECT_EQ(sent[0].shard_replies().replies_size(), 0);
}

TEST_F(link_test, passes_questions_on_to_the_node_agent) {
  start_up();
  agent.on<ask_node>([](const ask_node&) {
    auto reply = std::make_shared<roost::link::NodeReply>();
    reply->set_reached(2);
    return node_answer{reply};
  });
  LinkFrame frame;
  frame.set_id(8);
  frame.mutable_node_request()->mutable_info();
  send(frame);
  const auto sent = frames();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].id(), 8u);
  EXPECT_EQ(sent[0].node_reply().reached(), 2u);
}

TEST_F(link_test, answers_for_a_shard_that_has_ended) {
  start_up();
  auto& shard = shards[shard_of("lobby", 4)];
  anon_send_exit(shard.handle(), caf::exit_reason::kill);
  run();
  LinkFrame frame;
  frame.set_id(1);
  frame.mutable_room_request()->set_room("lobby");
  send(frame);
  const auto sent = frames();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].room_reply().error().code(), 100u);
}

TEST_F(link_test, answers_with_an_error_when_the_reply_is_too_large) {
  start_up();
  agent.on<ask_node>([](const ask_node&) {
    auto reply = std::make_shared<roost::link::NodeReply>();
    reply->mutable_error()->set_message(std::string(1 << 20, 'x'));
    return node_answer{reply};
  });
  LinkFrame frame;
  frame.set_id(8);
  frame.mutable_node_request()->mutable_info();
  send(frame);
  const auto sent = frames();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].node_reply().error().code(), 106u);
}

TEST_F(link_test, keeps_replies_for_the_peer_that_asked) {
  // A new life of the peer may use the same id for another request.
  start_up();
  LinkFrame frame;
  frame.set_id(1);
  frame.mutable_room_request()->set_room("lobby");
  send(frame);
  advance(1250ms);
  come_up(0, "life-2");
  auto reply = std::make_shared<roost::link::RoomReply>();
  reply->mutable_done();
  shards[shard_of("lobby", 4)].answer<ask_room>(room_answer{reply});
  run();
  EXPECT_THAT(frames(), IsEmpty());
}

TEST_F(link_test, gives_events_to_the_audiences_of_their_lanes) {
  start_up();
  LinkFrame frame;
  auto& x = *frame.mutable_room_events();
  x.set_room("lobby");
  x.set_epoch("e");
  x.set_lanes(2);
  x.add_events()->mutable_publication()->set_offset(3);
  x.add_events()->mutable_join()->set_client("c");
  x.add_events()->mutable_leave()->set_client("d");
  send(frame);
  EXPECT_THAT(audiences[0].take<deliver_events>(), IsEmpty());
  const auto got = audiences[1].take<deliver_events>();
  ASSERT_EQ(got.size(), 1u);
  const auto& events = *got[0].events;
  EXPECT_EQ(events.room, "lobby");
  EXPECT_EQ(events.epoch, "e");
  EXPECT_FALSE(events.gap);
  ASSERT_EQ(events.events.size(), 3u);
  EXPECT_EQ(events.events[0].publication->offset(), 3u);
  EXPECT_EQ(events.events[1].join->client(), "c");
  EXPECT_EQ(events.events[2].leave->client(), "d");
}

TEST_F(link_test, passes_control_frames_both_ways) {
  start_up();
  LinkFrame frame;
  frame.mutable_heartbeat()->set_view(3);
  send(frame);
  const auto got = membership.take<control_frame>();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].peer, "peer");
  EXPECT_EQ(got[0].frame->heartbeat().view(), 3u);
  tell(it, control_frame{"peer", std::make_shared<LinkFrame>(frame)});
  run();
  const auto sent = frames();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].heartbeat().view(), 3u);
}

// -- frames that do not parse -------------------------------------------------

// A text of one byte that is no UTF-8, in field 1 of a message in `field`.
std::string broken_frame(int field, std::uint8_t id = 7) {
  const std::string body{'\x0a', '\x01', '\xff'};
  const std::string head{'\x08', static_cast<char>(id),
                         static_cast<char>(field << 3 | 2), '\x03'};
  return '\x07' + head + body;
}

TEST_F(link_test, answers_a_request_that_does_not_parse_and_goes_on) {
  start_up();
  tell(it, link_batch{epoch, seq++,
                      broken_frame(LinkFrame::kRoomRequestFieldNumber)});
  LinkFrame next;
  next.set_id(8);
  next.mutable_room_request()->set_room("lobby");
  send(next);
  const auto sent = frames();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].id(), 7u);
  EXPECT_EQ(sent[0].room_reply().error().code(), 100u);
  EXPECT_THAT(shards[shard_of("lobby", 4)].take<ask_room>(), SizeIs(1));
  EXPECT_EQ(metrics().frames_broken.value(), 1u);
  EXPECT_TRUE(is_up());
}

TEST_F(link_test, refuses_who_waits_for_a_reply_that_does_not_parse) {
  start_up();
  auto answer = start_ask<room_answer>(it, publish());
  run();
  const auto asked = frames();
  ASSERT_EQ(asked.size(), 1u);
  tell(it, link_batch{epoch, seq++,
                      broken_frame(LinkFrame::kRoomReplyFieldNumber,
                                   static_cast<std::uint8_t>(asked[0].id()))});
  run();
  ASSERT_TRUE(answer->answer);
  EXPECT_EQ(answer->answer->reply->error().code(), 100u);
  EXPECT_EQ(metrics().requests_under_way.value(), 0);
  EXPECT_TRUE(is_up());
}

TEST_F(link_test, resynchronises_after_events_that_do_not_parse) {
  start_up();
  tell(it, link_batch{epoch, seq++,
                      broken_frame(LinkFrame::kRoomEventsFieldNumber)});
  run();
  EXPECT_THAT(audiences[0].take<resynchronise>(), SizeIs(1));
  EXPECT_THAT(audiences[1].take<resynchronise>(), SizeIs(1));
  EXPECT_TRUE(is_up());
}

TEST_F(link_test, ends_a_connection_whose_control_frames_do_not_parse) {
  start_up();
  tell(it, link_batch{epoch, seq++, broken_frame(LinkFrame::kJoinFieldNumber)});
  run();
  EXPECT_FALSE(is_up());
}

TEST_F(link_test, ignores_frames_of_later_versions) {
  start_up();
  // Field 99 of a LinkFrame, which this version does not know.
  const std::string unknown{"\x03\x9a\x06\x00", 4};
  tell(it, link_batch{epoch, 0, unknown});
  run();
  EXPECT_TRUE(is_up());
}

} // namespace
