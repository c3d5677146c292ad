#include "actors/room/replication/room_record.hpp"

#include <google/protobuf/arena.h>
#include <gtest/gtest.h>

namespace {

using actors::room_record;
using actors::unix_time;
using namespace std::chrono_literals;

room_record there_and_back(const room_record& record) {
  roost::link::RoomRecord wire;
  to_wire(record, wire);
  return actors::from_wire(wire).value();
}

TEST(room_record_test, carries_a_publication_to_another_node) {
  room_record record;
  record.what = room_record::kind::published;
  record.room = "lobby";
  record.epoch = "abcdefgh";
  auto made = std::make_shared<roost::client::Publication>();
  made->set_data("hello");
  made->set_offset(7);
  record.publication = made;
  record.at = unix_time{1'000s};
  record.idempotency_key = "key";
  record.key_expires = unix_time{1'300s};
  record.version = 3;
  record.version_epoch = "v";

  roost::link::RoomRecord wire;
  to_wire(record, wire);
  EXPECT_EQ(wire.published().time_ms(), 1'000'000);
  EXPECT_EQ(wire.published().idempotent().offset(), 7u);

  const auto copy = there_and_back(record);
  EXPECT_EQ(copy.what, record.what);
  EXPECT_EQ(copy.room, "lobby");
  EXPECT_EQ(copy.epoch, "abcdefgh");
  EXPECT_EQ(copy.publication->data(), "hello");
  EXPECT_EQ(copy.publication->offset(), 7u);
  EXPECT_EQ(copy.publication->time(), 0);
  EXPECT_EQ(copy.at, record.at);
  EXPECT_EQ(copy.idempotency_key, "key");
  EXPECT_EQ(copy.key_expires, record.key_expires);
  EXPECT_EQ(copy.version, 3u);
  EXPECT_EQ(copy.version_epoch, "v");
}

TEST(room_record_test, lends_a_publication) {
  room_record record;
  record.what = room_record::kind::published;
  record.room = "lobby";
  auto made = std::make_shared<roost::client::Publication>();
  made->set_data("hello");
  (*made->mutable_tags())["k"] = "v";
  record.publication = made;
  record.at = unix_time{1'000s};
  roost::link::RoomRecord copied;
  to_wire(record, copied);
  {
    google::protobuf::Arena arena;
    auto* lent =
        google::protobuf::Arena::CreateMessage<roost::link::RoomRecord>(&arena);
    lend_to_wire(record, *lent);
    EXPECT_EQ(&lent->published().publication(), made.get());
    EXPECT_EQ(lent->SerializeAsString(), copied.SerializeAsString());
    const auto taken = actors::from_wire(std::move(*lent)); // off the arena
    EXPECT_EQ(taken->publication->data(), "hello");
  }
  EXPECT_EQ(made->data(), "hello");
  EXPECT_EQ(made->tags().at("k"), "v");
}

TEST(room_record_test, carries_what_has_no_publication) {
  for (const auto kind :
       {room_record::kind::started, room_record::kind::history_removed,
        room_record::kind::ended}) {
    room_record record;
    record.what = kind;
    record.room = "lobby";
    record.epoch = "abcdefgh";
    const auto copy = there_and_back(record);
    EXPECT_EQ(copy.what, kind);
    EXPECT_EQ(copy.room, "lobby");
    EXPECT_EQ(copy.epoch, "abcdefgh");
    EXPECT_EQ(copy.publication, nullptr);
  }
}

TEST(room_record_test, refuses_what_it_does_not_know) {
  roost::link::RoomRecord wire;
  wire.set_room("lobby");
  EXPECT_FALSE(actors::from_wire(wire));
}

TEST(room_record_test, counts_what_it_carries) {
  room_record record;
  const auto empty = record.bytes();
  record.what = room_record::kind::published;
  auto made = std::make_shared<roost::client::Publication>();
  made->set_data(std::string(1'000, 'x'));
  record.publication = made;
  EXPECT_GE(record.bytes(), empty + 1'000);
}

} // namespace
