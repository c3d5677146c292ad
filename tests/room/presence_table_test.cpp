#include "actors/room/presence_table.hpp"
#include "tests/room/make_request.hpp"

#include <gmock/gmock.h>

namespace {

using actors::presence_table;
using arrival = actors::presence_table::arrival;
using testing::IsEmpty;
using testing::SizeIs;

actors::client_info_ptr info(const std::string& id, const std::string& user) {
  return std::make_shared<roost::client::ClientInfo>(
      room_test::client(id, user));
}

TEST(presence_table_test, counts_connections_and_distinct_users) {
  presence_table table{10};
  table.arrive("a", info("c1", "ann"), true, true);
  table.arrive("a", info("c2", "ann"), true, true);
  table.arrive("b", info("c3", "bob"), true, true);
  EXPECT_EQ(table.clients(), 3u);
  EXPECT_EQ(table.users(), 2u);

  EXPECT_EQ(table.depart("a", "c1")->user(), "ann");
  EXPECT_EQ(table.clients(), 2u);
  EXPECT_EQ(table.users(), 2u);
  table.depart("a", "c2");
  EXPECT_EQ(table.users(), 1u);
}

TEST(presence_table_test, takes_a_second_arrival_as_an_update) {
  presence_table table{10};
  EXPECT_EQ(table.arrive("a", info("c1", "ann"), true, true), arrival::added);
  auto changed = room_test::client("c1", "ann");
  changed.set_chan_info("new");
  EXPECT_EQ(table.arrive("a",
                         std::make_shared<roost::client::ClientInfo>(changed),
                         true, true),
            arrival::known);
  roost::client::PresenceResult result;
  table.fill(result);
  ASSERT_EQ(result.presence_size(), 1);
  EXPECT_EQ(result.presence().at("c1").chan_info(), "new");
  EXPECT_EQ(table.clients(), 1u);
  EXPECT_EQ(table.users(), 1u);
}

TEST(presence_table_test, refuses_more_than_its_bound) {
  presence_table table{1};
  table.arrive("a", info("c1", "ann"), true, true);
  EXPECT_EQ(table.arrive("a", info("c2", "bob"), true, true), arrival::full);
  EXPECT_EQ(table.size(), 1u);
  // The one that is in may still change.
  EXPECT_EQ(table.arrive("a", info("c1", "ann"), true, true), arrival::known);
}

TEST(presence_table_test, takes_only_the_entries_of_the_asking_node_out) {
  presence_table table{10};
  table.arrive("a", info("c1", "ann"), true, true);
  EXPECT_EQ(table.depart("b", "c1"), nullptr);
  EXPECT_EQ(table.depart("a", "unknown"), nullptr);
  EXPECT_EQ(table.size(), 1u);
}

TEST(presence_table_test, forgets_a_node_and_tells_whom_it_had_announced) {
  presence_table table{10};
  table.arrive("a", info("c1", "ann"), true, true);
  table.arrive("a", info("c2", "bob"), true, false);
  table.arrive("b", info("c3", "cid"), true, true);
  const auto left = table.remove_node("a");
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_EQ(left[0]->client(), "c1");
  EXPECT_EQ(table.clients(), 1u);
  EXPECT_EQ(table.users(), 1u);
  EXPECT_THAT(table.remove_node("a"), IsEmpty());
}

TEST(presence_table_test, lists_only_who_wants_to_be_seen) {
  presence_table table{10};
  table.arrive("a", info("c1", "ann"), false, true);
  roost::client::PresenceResult result;
  table.fill(result);
  EXPECT_EQ(result.presence_size(), 0);
  EXPECT_EQ(table.clients(), 0u);
  EXPECT_EQ(table.bytes(), 0u);
  EXPECT_THAT(table.clients_by_node(), IsEmpty());
  EXPECT_FALSE(table.empty());
  EXPECT_EQ(table.depart("a", "c1")->client(), "c1");
}

TEST(presence_table_test, says_how_many_each_node_has) {
  presence_table table{10};
  table.arrive("a", info("c1", "ann"), true, true);
  table.arrive("b", info("c2", "bob"), true, true);
  table.arrive("b", info("c3", "bob"), true, true);
  EXPECT_THAT(
      table.clients_by_node(),
      testing::ElementsAre(testing::Pair("a", 1u), testing::Pair("b", 2u)));
}

} // namespace
