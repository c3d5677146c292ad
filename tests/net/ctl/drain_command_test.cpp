#include "tests/net/ctl/ctl_support.hpp"

using namespace net;

namespace {

class drain_command_test : public coordinator_fixture {};

} // namespace

TEST_F(drain_command_test, says_from_when_on_it_holds) {
  server.answer(R"({"result":{"view":12}})");

  auto result = ctl({"drain", "node-3", "--wait", "0s"});

  EXPECT_EQ(result.code, ctl_done);
  EXPECT_EQ(server.seen().target, "/admin/drain");
  EXPECT_EQ(server.seen().body, R"({"node":"node-3"})");
  EXPECT_EQ(result.out, "node-3 gives its shards away and takes none, from "
                        "view 12 on.\n");
}

TEST_F(drain_command_test, undoes_it_without_waiting) {
  server.answer(R"({"result":{"view":13}})");

  auto result = ctl({"drain", "node-3", "--undo"});

  EXPECT_EQ(server.seen().target, "/admin/drain");
  EXPECT_EQ(server.seen().body, R"({"node":"node-3","undo":true})");
  EXPECT_EQ(result.out,
            "node-3 takes its share of the shards again, from view 13 on.\n");
}

TEST_F(drain_command_test, waits_until_nothing_is_left) {
  server.answer(R"({"result":{}})");

  auto result = ctl({"drain", "node-3"});

  EXPECT_EQ(result.code, ctl_done);
  EXPECT_EQ(server.seen().target, "/admin/view");
  EXPECT_EQ(result.out, "node-3 gives its shards away and takes none, from "
                        "view 0 on.\nnode-3 holds no shards since view 0.\n");
}

TEST_F(drain_command_test, refuses_a_wait_that_is_no_time) {
  auto result = ctl({"drain", "node-3", "--wait", "soon"});

  EXPECT_EQ(result.code, ctl_usage);
  EXPECT_EQ(result.err, "roost ctl: The wait \"soon\" is not a time such as "
                        "500ms or 10s.\n");
}

TEST_F(drain_command_test, passes_on_why_it_is_refused) {
  server.answer(R"({"error":{"code":107,"message":"there is no node x"}})");

  auto result = ctl({"drain", "x"});

  EXPECT_EQ(result.code, ctl_refused);
  EXPECT_EQ(result.err, "roost ctl: The coordinator refuses: there is no node "
                        "x (code 107).\n");
}
