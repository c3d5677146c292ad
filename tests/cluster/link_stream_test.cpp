#include "actors/cluster/link/link_stream.hpp"

#include <gtest/gtest.h>

using namespace actors;
using roost::link::LinkFrame;

namespace {

std::vector<std::string> batches(outgoing_stream& out) {
  std::vector<std::string> result;
  while (!out.empty())
    result.push_back(out.take_batch());
  return result;
}

std::vector<LinkFrame> frames(incoming_stream& in) {
  std::vector<LinkFrame> result;
  while (auto x = in.next())
    result.push_back(std::move(*x));
  return result;
}

LinkFrame publish(std::uint64_t id, const std::string& data) {
  LinkFrame x;
  x.set_id(id);
  x.mutable_room_request()->set_room("lobby");
  x.mutable_room_request()->mutable_publish()->set_data(data);
  return x;
}

deliver_remote some_events() {
  auto events = std::make_shared<room_events>();
  events->room = "lobby";
  events->epoch = "e1";
  auto publication = std::make_shared<roost::client::Publication>();
  publication->set_data(R"({"a":1})");
  publication->set_offset(7);
  publication->mutable_info()->set_user("u");
  (*publication->mutable_tags())["k"] = "v";
  auto joined = std::make_shared<roost::client::ClientInfo>();
  joined->set_client("c1");
  auto gone = std::make_shared<roost::client::ClientInfo>();
  gone->set_client("c2");
  events->events = {{publication, nullptr, nullptr, true},
                    {nullptr, joined, nullptr},
                    {nullptr, nullptr, gone}};
  return {5, events};
}

TEST(link_stream_test, writes_a_length_and_a_frame) {
  outgoing_stream out;
  roost::link::Ping ping;
  ping.set_sent_ns(5);
  const auto size = out.append(3, LinkFrame::kPingFieldNumber, ping);
  const std::string golden{
      "\x06"     // length of the frame
      "\x08\x03" // id = 3
      "\x72\x02" // ping, 2 bytes
      "\x08\x05" // sent_ns = 5
  };
  EXPECT_EQ(size, golden.size());
  EXPECT_EQ(out.size(), golden.size());
  EXPECT_EQ(out.take_batch(), golden);
  EXPECT_TRUE(out.empty());
}

TEST(link_stream_test, writes_events_as_protobuf_would) {
  outgoing_stream out;
  out.append(some_events(), true);
  incoming_stream in;
  in.feed(out.take_batch());
  const auto got = frames(in);
  ASSERT_EQ(got.size(), 1u);
  LinkFrame expected;
  auto& x = *expected.mutable_room_events();
  x.set_room("lobby");
  x.set_epoch("e1");
  x.set_lanes(5);
  x.set_gap(true);
  const auto source = some_events();
  *x.add_events()->mutable_publication() =
      *source.events->events[0].publication;
  x.mutable_events(0)->set_delta(true);
  *x.add_events()->mutable_join() = *source.events->events[1].join;
  *x.add_events()->mutable_leave() = *source.events->events[2].leave;
  EXPECT_EQ(got[0].SerializeAsString(), expected.SerializeAsString());
}

TEST(link_stream_test, writes_events_with_nothing_in_them) {
  outgoing_stream out;
  out.append(deliver_remote{0, std::make_shared<room_events>()}, false);
  incoming_stream in;
  in.feed(out.take_batch());
  const auto got = frames(in);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_TRUE(got[0].has_room_events());
}

TEST(link_stream_test, writes_requests_of_shards_as_protobuf_would) {
  LinkFrame frame;
  frame.set_id(300);
  shard_requests requests;
  for (std::uint32_t i = 0; i < 3; ++i) {
    auto x = std::make_shared<roost::link::ShardRequest>();
    x->set_shard(i);
    if (i > 0)
      x->mutable_replicate()->add_records()->set_room(std::string(200, 'r'));
    *frame.mutable_shard_requests()->add_requests() = *x;
    requests.push_back(std::move(x));
  }
  outgoing_stream ours;
  outgoing_stream protobufs;
  ours.append(300, LinkFrame::kShardRequestsFieldNumber, requests);
  protobufs.append(frame);
  EXPECT_EQ(ours.take_batch(), protobufs.take_batch());
}

TEST(link_stream_test, cuts_the_stream_into_batches) {
  outgoing_stream out;
  for (std::uint64_t i = 1; i <= 100; ++i)
    out.append(publish(i, std::string(5000, 'x')));
  const auto size = out.size();
  incoming_stream in;
  std::vector<LinkFrame> got;
  std::size_t total = 0;
  for (const auto& x : batches(out)) {
    EXPECT_LE(x.size(), max_link_batch);
    total += x.size();
    in.feed(x);
    for (auto& f : frames(in))
      got.push_back(std::move(f));
  }
  EXPECT_EQ(total, size);
  ASSERT_EQ(got.size(), 100u);
  for (std::uint64_t i = 1; i <= 100; ++i)
    EXPECT_EQ(got[i - 1].id(), i);
}

TEST(link_stream_test, carries_a_frame_over_many_batches) {
  outgoing_stream out;
  out.append(publish(1, "before"));
  out.append(publish(2, std::string(1 << 20, 'x')));
  out.append(publish(3, "after"));
  incoming_stream in;
  std::vector<LinkFrame> got;
  const auto parts = batches(out);
  EXPECT_GE(parts.size(), 16u);
  for (const auto& x : parts) {
    in.feed(x);
    for (auto& f : frames(in))
      got.push_back(std::move(f));
  }
  ASSERT_EQ(got.size(), 3u);
  EXPECT_EQ(got[1].room_request().publish().data().size(), 1u << 20);
  EXPECT_EQ(got[2].id(), 3u);
}

TEST(link_stream_test, reads_byte_by_byte) {
  outgoing_stream out;
  out.append(publish(1, std::string(300, 'x')));
  out.append(publish(2, "y"));
  incoming_stream in;
  std::size_t count = 0;
  for (const char c : out.take_batch()) {
    in.feed(std::string_view{&c, 1});
    count += frames(in).size();
  }
  EXPECT_EQ(count, 2u);
}

TEST(link_stream_test, refuses_a_frame_that_is_too_large) {
  outgoing_stream out;
  EXPECT_EQ(out.append(publish(1, std::string(max_link_frame, 'x'))), 0u);
  EXPECT_TRUE(out.empty());
}

TEST(link_stream_test, refuses_a_frame_with_text_that_is_not_utf8) {
  LinkFrame listing;
  listing.mutable_node_reply()
      ->mutable_connections()
      ->add_connections()
      ->set_name("caf\xc3");
  outgoing_stream out;
  out.append(publish(1, "before"));
  EXPECT_EQ(out.append(listing), 0u);
  EXPECT_EQ(
      out.append(2, LinkFrame::kNodeReplyFieldNumber, listing.node_reply()),
      0u);
  out.append(publish(3, "after"));
  incoming_stream in;
  in.feed(out.take_batch());
  const auto got = frames(in);
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0].id(), 1u);
  EXPECT_EQ(got[1].id(), 3u);
}

TEST(link_stream_test, goes_on_after_a_frame_that_does_not_parse) {
  incoming_stream in;
  // Id 5, and a room request whose room is no UTF-8; then id 6 alone.
  in.feed({"\x07\x08\x05\x12\x03\x0a\x01\xff\x02\x08\x06", 11});
  const auto first = in.next();
  ASSERT_TRUE(first);
  EXPECT_TRUE(in.broken());
  EXPECT_EQ(first->id(), 5u);
  EXPECT_TRUE(first->has_room_request());
  const auto second = in.next();
  ASSERT_TRUE(second);
  EXPECT_FALSE(in.broken());
  EXPECT_EQ(second->id(), 6u);
}

TEST(link_stream_test, notices_bytes_that_are_no_frames) {
  for (const std::string& bytes :
       {std::string{"\x02\xff\xff", 3},          // not Protobuf
        std::string{"\xff\xff\xff\xff\x7f"},     // a length of 32 GiB
        std::string{"\xff\xff\xff\xff\xff\x01"}, // a length without end
        std::string{"\x81\x80\x80\x20", 4}}) {   // 64 MiB and one byte
    incoming_stream in;
    in.feed(bytes);
    EXPECT_FALSE(in.next());
    EXPECT_TRUE(in.malformed());
    in.feed("\x02\x08\x01");
    EXPECT_FALSE(in.next());
  }
}

TEST(link_stream_test, waits_for_the_rest_of_a_length) {
  incoming_stream in;
  in.feed("\xff");
  EXPECT_FALSE(in.next());
  EXPECT_FALSE(in.malformed());
}

} // namespace
