#include "tests/net/ctl/ctl_support.hpp"

using namespace net;

namespace {

class connection_commands_test : public coordinator_fixture {};

} // namespace

TEST_F(connection_commands_test, lists_nodes_in_a_table) {
  server.answer(R"({"result":{"view":12,"leader":"a","nodes":[
    {"name":"a","state":"alive","roles":["gateway","coordinator"],
     "clients":1500,"users":2,"subscriptions":3000,"rooms":7,"shards":128,"standbys":64,
     "messages_per_second":12.34,"uptime":3725,"version":"0.1.0",
     "address":"127.0.0.1:7000","http_address":"127.0.0.1:8000"},
    {"name":"node-b","state":"unreachable","roles":["gateway"]}]}})");

  auto result = ctl({"nodes"});

  EXPECT_EQ(result.code, ctl_done);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(
      result.out,
      "NODE    STATE        ROLES                CLIENTS  USERS  SUBS  ROOMS  "
      "SHARDS  STANDBYS  MSG/S  UPTIME  VERSION  LINK ADDRESS    CLIENT "
      "ADDRESS\n"
      "a       alive        gateway,coordinator     1500      2  3000      7  "
      "   128        64   12.3   1h 2m  0.1.0    127.0.0.1:7000  "
      "127.0.0.1:8000\n"
      "node-b  unreachable  gateway                    0      0     0      0  "
      "     0         0    0.0      0s  -        -               -\n"
      "view 12; coordinator a leads\n");
}

TEST_F(connection_commands_test, says_when_nobody_leads) {
  server.answer(R"({"result":{"view":12}})");

  EXPECT_EQ(ctl({"nodes"}).out, "There are no nodes.\n"
                                "view 12; no coordinator is known to lead\n");
}

TEST_F(connection_commands_test, asks_as_the_coordinator_expects) {
  ctl({"connections", "--user", "al\"ice"});

  EXPECT_EQ(server.seen().method, "POST");
  EXPECT_EQ(server.seen().target, "/admin/connections");
  EXPECT_EQ(server.seen().key, "admin-key");
  EXPECT_EQ(server.seen().body, R"({"user":"al\"ice"})");
}

TEST_F(connection_commands_test, prints_the_result_as_one_line_of_json) {
  server.answer("{\"result\": {\n \"view\": 12,\n \"new_field\": [1, 2]\n}}");

  EXPECT_EQ(ctl({"nodes", "--json"}).out,
            "{\"view\":12,\"new_field\":[1,2]}\n");
  EXPECT_EQ(ctl({"--json", "nodes"}).out,
            "{\"view\":12,\"new_field\":[1,2]}\n");
}

TEST_F(connection_commands_test, lists_connections) {
  server.answer(R"({"result":{"connections":[
    {"client":"c-1","user":"alice","node":"a","transport":"websocket",
     "protocol":"json","remote_address":"10.0.0.1:5000",
     "connected_ms":1750000000123,"channels":["news","chat:lobby"],
     "name":"js","version":"5.7.1"}],"truncated":true}})");

  auto result = ctl({"connections"});

  EXPECT_EQ(result.code, ctl_done);
  EXPECT_EQ(result.out,
            "CLIENT  USER   NODE  TRANSPORT  PROTOCOL  ADDRESS        "
            "SINCE (UTC)          SDK       ROOMS\n"
            "c-1     alice  a     websocket  json      10.0.0.1:5000  "
            "2025-06-15 15:06:40  js 5.7.1  news,chat:lobby\n");
  EXPECT_EQ(result.err, "There are more; name a user to see all of theirs.\n");
  EXPECT_EQ(ctl({"connections", "--json"}).err, result.err);
}

// Users choose their names, and may choose what clears a terminal.
TEST_F(connection_commands_test, shows_control_characters_as_text) {
  server.answer(
      R"({"result":{"connections":[{"user":"\u001b[2Jx\n\u009b"}]}})");

  auto out = ctl({"connections"}).out;

  EXPECT_NE(out.find(R"(\x1b[2Jx\x0a\xc2\x9b)"), std::string::npos) << out;
  EXPECT_EQ(out.find('\x1b'), std::string::npos);
}

TEST_F(connection_commands_test, says_when_there_is_nobody) {
  EXPECT_EQ(ctl({"connections"}).out, "There are no connections.\n");
}

TEST_F(connection_commands_test, disconnects) {
  server.answer(R"({"result":{"connections_by_node":{"b":2,"a":1,"c":0}}})");

  auto result = ctl({"disconnect", "alice", "--client", "c-1", "--code", "4001",
                     "--reason", "go away"});

  EXPECT_EQ(result.code, ctl_done);
  EXPECT_EQ(server.seen().target, "/admin/disconnect");
  EXPECT_EQ(
      server.seen().body,
      R"({"user":"alice","client":"c-1","code":4001,"reason":"go away"})");
  EXPECT_EQ(result.out, "NODE  DISCONNECTED\n"
                        "a                1\n"
                        "b                2\n");
}

TEST_F(connection_commands_test, says_which_nodes_did_not_disconnect) {
  server.answer(R"({"result":{"unreachable_nodes":["b","c"]}})");

  auto result = ctl({"disconnect", "alice"});

  EXPECT_EQ(result.code, ctl_refused);
  EXPECT_EQ(result.out, "No connection matches.\n");
  EXPECT_EQ(result.err,
            "Connections may be left on nodes that did not answer: b, c.\n");
}

TEST_F(connection_commands_test, sums_the_view_up) {
  server.answer(R"({"result":{"number":7,"members":["a","b","c"],"shards":[
    {"home":"a","standbys":["b"],"learners":["c"]},
    {"number":1,"home":"b","donor":"a"},
    {"number":2,"home":"a","standbys":["b"],"learners":["c"]}]}})");

  auto result = ctl({"view"});

  EXPECT_EQ(result.out, "view 7: 3 nodes, 3 shards\n"
                        "\n"
                        "NODE  SHARDS  STANDBYS  LEARNERS  ARRIVING  LEAVING\n"
                        "a          2         0         0         0        1\n"
                        "b          1         2         0         1        0\n"
                        "c          0         0         2         0        0\n"
                        "\n"
                        "HOME  STANDBYS  LEARNERS  SHARDS\n"
                        "a     b         c              2\n"
                        "b     -         -              1\n");
}

TEST_F(connection_commands_test, shows_every_shard_of_the_view) {
  server.answer(R"({"result":{"number":7,"members":["a"],"shards":[
    {"home":"a","standbys":["b","c"],"term":5},
    {"number":1,"home":"a","donor":"b","learners":["c"],"term":7},
    {"number":2,"term":6,"holders":["b"]}]}})");

  EXPECT_EQ(ctl({"view", "--shards"}).out,
            "view 7: 1 nodes, 3 shards\n"
            "\n"
            "SHARD  TERM  HOME  STANDBYS  LEARNERS  ARRIVES FROM  WAITS FOR\n"
            "    0     5  a     b,c       -         -             -\n"
            "    1     7  a     -         c         b             -\n"
            "    2     6  -     -         -         -             b\n");
}
