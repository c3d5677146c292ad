#include "net/metrics/metric_tables.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string_view>

namespace net {

namespace {

using actors::counter;

static_assert(sizeof(counter) == sizeof(actors::gauge));

template <class Table>
void expect_distinct_members(const Table& table) {
  for (std::size_t i = 0; i < table.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      EXPECT_NE(table[i].member, table[k].member)
          << table[i].name << " shows what " << table[k].name << " shows";
}

} // namespace

TEST(metric_tables_test, show_no_number_twice) {
  expect_distinct_members(lane_table);
  expect_distinct_members(transport_table);
  expect_distinct_members(link_table);
  expect_distinct_members(peer_table);
}

// What is counted and has no row is seen by nobody.
TEST(metric_tables_test, show_every_number) {
  EXPECT_EQ(lane_table.size() * sizeof(counter)
                + sizeof(lane_metrics::transports)
                + sizeof(lane_metrics::commands)
                + sizeof(lane_metrics::command_durations)
                + sizeof(lane_metrics::reply_errors)
                + sizeof(lane_metrics::disconnects)
                + sizeof(lane_metrics::shard_pauses),
            sizeof(lane_metrics));
  EXPECT_EQ(transport_table.size() * sizeof(counter),
            sizeof(transport_metrics));
  EXPECT_EQ(link_table.size() * sizeof(counter) + sizeof(link_metrics::peer)
                + sizeof(link_metrics::round_trip_ns),
            sizeof(link_metrics));
  EXPECT_EQ(peer_table.size() * sizeof(counter) + sizeof(peer_metrics::refused)
                + sizeof(peer_metrics::dials_failed),
            sizeof(peer_metrics));
}

// Centrifugo's are as they are.
TEST(metric_tables_test, name_counters_by_total) {
  const auto check = [](const auto& table) {
    for (const auto& row : table) {
      const std::string_view name{row.name};
      if (name.starts_with("roost_")) {
        EXPECT_EQ(row.member.index() == 0, name.ends_with("_total")) << name;
      }
    }
  };
  check(lane_table);
  check(transport_table);
  check(link_table);
  check(peer_table);
}

} // namespace net
