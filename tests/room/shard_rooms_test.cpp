#include "actors/room/shard/shard_rooms.hpp"
#include "tests/room/make_request.hpp"
#include "tests/support/actor_test.hpp"

#include <gmock/gmock.h>

namespace {

using namespace std::chrono_literals;
using testing::SizeIs;
using testing::UnorderedElementsAre;

/// Rooms that never change anything.
class silent_host final : public actors::room_host {
public:
  silent_host(const config::channel_section& channels) {
    shared.channels = &channels;
  }

  const actors::rooms_context& context() const override { return shared; }
  const actors::cluster_view& view() const override { return seen; }
  std::uint32_t shard_number() const override { return 0; }
  actors::epoch_source& epochs() override { return source; }
  actors::unix_time now() const override { return actors::unix_time{1'000s}; }
  std::string_view refuses_changes() const override { return "a test"; }
  std::uint64_t replicate(actors::room_record) override { return 0; }
  void room_ended(const actors::room& ended, bool) override {
    rooms->ended(ended);
  }

  actors::rooms_context shared;
  actors::cluster_view seen;
  actors::epoch_source source = actors::random_epochs(1);
  actors::shard_rooms* rooms = nullptr;
};

/// The rooms of a shard; those that are replicated are called "copied:...".
class shard_rooms_test : public test_support::actor_test {
protected:
  shard_rooms_test() {
    auto& copied = channels.namespaces["copied"];
    copied.name = "copied";
    copied.history_size = 10;
    copied.history_ttl = 60s;
    copied.replicas = 1;
    host.rooms = &rooms;
  }

  void TearDown() override {
    rooms.drop();
    actor_test::TearDown();
  }

  void make(const std::string& id) { rooms.make(id, *channels.find(id)); }

  void add_dormant(const std::string& id) {
    actors::room_log log{*channels.find(id), {}, host.source, host.now()};
    actors::room_copies logs;
    logs.emplace(id, actors::room_copy{std::move(log), 0});
    rooms.add_dormant(std::move(logs));
  }

  std::uint32_t counted() const { return host.shared.rooms; }

  config::channel_section channels;
  silent_host host{channels};
  actors::shard_rooms rooms{lane(), host.shared, host};
};

TEST_F(shard_rooms_test, count_as_long_as_they_are_there) {
  make("living");
  make("copied:living");
  add_dormant("copied:dormant");
  EXPECT_EQ(counted(), 3u);
  rooms.find("living")->call([](actors::room& x) { x.end(); });
  EXPECT_EQ(counted(), 2u);
  rooms.drop();
  EXPECT_EQ(counted(), 0u);
}

TEST_F(shard_rooms_test, count_once_when_they_wake) {
  add_dormant("copied:one");
  EXPECT_FALSE(rooms.find("copied:one"));
  EXPECT_TRUE(rooms.wake("copied:one"));
  EXPECT_TRUE(rooms.find("copied:one"));
  EXPECT_FALSE(rooms.has_dormant());
  EXPECT_EQ(counted(), 1u);
}

TEST_F(shard_rooms_test, are_not_replaced_by_dormant_ones) {
  make("copied:one");
  add_dormant("copied:one");
  EXPECT_FALSE(rooms.has_dormant());
  EXPECT_EQ(counted(), 1u);
}

TEST_F(shard_rooms_test, become_copies_where_they_are_replicated) {
  make("living");
  make("copied:without epoch");
  add_dormant("copied:dormant");
  actors::room::waiting_list waiting;
  const auto logs = rooms.take_replicated(waiting);
  EXPECT_THAT(logs, SizeIs(1));
  EXPECT_TRUE(logs.contains("copied:dormant"));
  EXPECT_THAT(rooms.to_read(false).names(), testing::ElementsAre("living"));
  EXPECT_EQ(counted(), 1u);
}

TEST_F(shard_rooms_test, end_but_those_that_are_kept) {
  make("living");
  make("kept");
  add_dormant("copied:dormant");
  add_dormant("copied:kept");
  rooms.keep_only({"copied:kept", "kept"});
  EXPECT_THAT(rooms.to_read(false).names(),
              UnorderedElementsAre("kept", "copied:kept"));
  EXPECT_EQ(counted(), 2u);
}

TEST_F(shard_rooms_test, are_read_all_or_where_they_are_replicated) {
  make("living");
  make("copied:living");
  add_dormant("copied:dormant");
  EXPECT_THAT(
      rooms.to_read(false).names(),
      UnorderedElementsAre("living", "copied:living", "copied:dormant"));
  EXPECT_THAT(rooms.to_read(true).names(),
              UnorderedElementsAre("copied:living", "copied:dormant"));
}

} // namespace
