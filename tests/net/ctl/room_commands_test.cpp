#include "tests/net/ctl/ctl_support.hpp"

using namespace net;

namespace {

class room_commands_test : public coordinator_fixture {};

} // namespace

TEST_F(room_commands_test, lists_rooms_that_match) {
  server.answer(R"({"result":{"rooms":[
    {"name":"chat:lobby","home":"a","shard":3,"subscribers":12},
    {"name":"chat:hall","home":"b","shard":200,"subscribers":1}],
    "truncated":true}})");

  auto result = ctl({"rooms", "chat:*"});

  EXPECT_EQ(server.seen().target, "/admin/rooms");
  EXPECT_EQ(server.seen().body, R"({"pattern":"chat:*"})");
  EXPECT_EQ(result.out, "ROOM        HOME  SHARD  SUBSCRIBERS\n"
                        "chat:lobby  a         3           12\n"
                        "chat:hall   b       200            1\n");
  EXPECT_EQ(result.err, "There are more; narrow the pattern to see them.\n");
}

TEST_F(room_commands_test, lists_all_rooms_without_a_pattern) {
  EXPECT_EQ(ctl({"rooms"}).out, "There are no such rooms.\n");
  EXPECT_EQ(server.seen().body, "{}");
}

TEST_F(room_commands_test, shows_a_room) {
  server.answer(R"({"result":{
    "name":"chat:lobby","home":"a","standbys":["b"],"learners":["c","d"],
    "shard":3,"epoch":"kdpmtrwx","offset":42,
    "history_length":2,"history_bytes":1536,
    "subscribers_by_node":{"b":5,"a":1},
    "members":[{"client":"c-1","user":"alice","conn_info":{"name":"A"}}],
    "history":[{"offset":41,"data":{"text":"hi"},"info":{"user":"alice"},
                "time":1750000000000},
               {"offset":42,"data":"plain"}]}})");

  auto result = ctl({"room", "chat:lobby"});

  EXPECT_EQ(result.code, ctl_done);
  EXPECT_EQ(server.seen().target, "/admin/room");
  EXPECT_EQ(server.seen().body, R"({"name":"chat:lobby"})");
  EXPECT_EQ(result.out,
            "room     chat:lobby\n"
            "home     a\n"
            "standbys b\n"
            "learners c,d\n"
            "shard    3\n"
            "epoch    kdpmtrwx\n"
            "offset   42\n"
            "history  2 publications, 1.5 KiB\n"
            "\n"
            "NODE  SUBSCRIBERS\n"
            "a               1\n"
            "b               5\n"
            "\n"
            "MEMBER  USER   INFO          ROOM INFO\n"
            "c-1     alice  {\"name\":\"A\"}  -\n"
            "\n"
            "OFFSET  TIME (UTC)           USER   DATA\n"
            "    41  2025-06-15 15:06:40  alice  {\"text\":\"hi\"}\n"
            "    42  -                    -      \"plain\"\n");
}

TEST_F(room_commands_test, leaves_out_what_an_empty_room_has_not) {
  server.answer(R"({"result":{"name":"empty","home":"a"}})");

  EXPECT_EQ(ctl({"room", "empty"}).out, "room     empty\n"
                                        "home     a\n"
                                        "standbys -\n"
                                        "shard    0\n"
                                        "epoch    -\n"
                                        "offset   0\n"
                                        "history  0 publications, 0 B\n"
                                        "\n"
                                        "Nobody is subscribed.\n");
}

TEST_F(room_commands_test, publishes_json_as_it_is) {
  server.answer(R"({"result":{"offset":17,"epoch":"kdpmtrwx"}})");

  auto result =
      ctl({"publish", "news", R"({"n":1.50,"big":12345678901234567890123})"});

  EXPECT_EQ(result.code, ctl_done);
  EXPECT_EQ(server.seen().target, "/admin/publish");
  EXPECT_EQ(
      server.seen().body,
      R"({"channel":"news","data":{"n":1.50,"big":12345678901234567890123}})");
  EXPECT_EQ(result.out, "published at offset 17, epoch kdpmtrwx\n");
}

TEST_F(room_commands_test, says_no_offset_of_a_room_without_history) {
  EXPECT_EQ(ctl({"publish", "news", "1"}).out, "published\n");
}

TEST_F(room_commands_test, publishes_json_only) {
  auto result = ctl({"publish", "news", "hello"});

  EXPECT_EQ(result.code, ctl_usage);
  EXPECT_EQ(result.err, "roost ctl: The data is not JSON; a text is written "
                        "with quotes, as in '\"hello\"'.\n");
  EXPECT_EQ(server.seen().target, "");
}
