#include "actors/node_requests.hpp"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>

namespace {

using actors::answerer;
using roost::link::NodeRequest;

/// All bodies that link.proto has.
std::set<int> bodies() {
  std::set<int> result;
  const auto* oneof = NodeRequest::descriptor()->FindOneofByName("body");
  for (int i = 0; i < oneof->field_count(); ++i)
    result.insert(oneof->field(i)->number());
  return result;
}

TEST(node_requests_test, say_who_answers_each_request_once) {
  std::multiset<int> rows;
  for (const auto& row : actors::node_requests) {
    EXPECT_NE(row.by, answerer::nobody);
    rows.insert(row.body);
  }
  const auto all = bodies();
  EXPECT_EQ(rows, (std::multiset<int>{all.begin(), all.end()}));
}

TEST(node_requests_test, name_connections_where_connections_answer) {
  for (const auto& row : actors::node_requests)
    EXPECT_EQ(row.named != nullptr, row.by == answerer::connections)
        << row.body;
}

TEST(node_requests_test, read_whom_a_command_names) {
  NodeRequest request;
  request.mutable_refresh();
  EXPECT_TRUE(actors::row_of(request).named(request).empty());

  request.mutable_refresh()->set_client("c1");
  const auto named = actors::row_of(request).named(request);
  EXPECT_EQ(named.user, "");
  EXPECT_EQ(named.client, "c1");
  EXPECT_FALSE(named.empty());
}

TEST(node_requests_test, leave_a_request_of_a_later_version_to_nobody) {
  EXPECT_EQ(actors::row_of(NodeRequest{}).by, answerer::nobody);
}

} // namespace
