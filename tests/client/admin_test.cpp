#include "tests/client/api_test.hpp"

namespace {

using namespace client_test_support;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class admin_test : public api_test {
protected:
  admin_test() {
    view->set_number(7);
    auto& first = *view->add_members();
    first.set_node("node-1");
    first.set_incarnation("i1");
    first.set_address("10.0.0.1:7000");
    first.set_http_address("10.0.0.1:8000");
    first.set_weight(1);
    first.set_coordinator(true);
    auto& second = *view->add_members();
    second.set_node("node-2");
    second.set_weight(1);
    second.set_leaving(true);
    view->add_homes(0);
    view->add_homes(1);
    view->add_homes(-1);
    view->add_donors("");
    view->add_donors("node-1");
    view->add_donors("");
    auto& kept = *view->add_copies();
    kept.add_standbys(1);
    kept.set_term(6);
    auto& moving = *view->add_copies();
    moving.add_learners(0);
    moving.set_term(7);
    auto& orphan = *view->add_copies();
    orphan.set_term(5);
    orphan.add_holders()->set_node("node-3");
    auto now = std::make_shared<actors::cluster_view>();
    now->view = view;
    now->self = "node-1";
    membership.on<actors::get_view>(
        [now](const actors::get_view&) { return actors::view_changed{now}; });
  }

  std::shared_ptr<roost::link::View> view =
      std::make_shared<roost::link::View>();
};

TEST_F(admin_test, nodes_are_those_of_the_view) {
  auto first = std::make_shared<roost::link::NodeReply>();
  auto& info = *first->mutable_info();
  info.set_version("0.1.0");
  info.set_uptime(60);
  info.set_num_rooms(5);
  info.set_num_clients(3);
  info.set_num_users(2);
  info.set_num_subs(4);
  info.set_messages_per_second(0.5);
  nodes_say({{"node-1", first}, {"node-2", unreachable()}});

  EXPECT_EQ(
      admin("nodes", "{}"),
      R"(200 {"result":{"view":7,"nodes":[)"
      R"({"name":"node-1","incarnation":"i1","address":"10.0.0.1:7000",)"
      R"("http_address":"10.0.0.1:8000","roles":["gateway",)"
      R"("coordinator"],"state":"alive","version":"0.1.0","uptime":60,)"
      R"("shards":1,"rooms":5,"clients":3,"users":2,"subscriptions":4,)"
      R"("messages_per_second":0.5,"standbys":0,"learners":1},)"
      R"({"name":"node-2","incarnation":"","address":"","http_address":"",)"
      R"("roles":["gateway"],"state":"unreachable","version":"",)"
      R"("uptime":0,"shards":1,"rooms":0,"clients":0,"users":0,)"
      R"("subscriptions":0,"messages_per_second":0,"standbys":1,)"
      R"("learners":0}],"leader":""}})");
}

TEST_F(admin_test, nodes_name_the_leader_of_the_newest_term) {
  const auto says = [](bool leads, std::uint64_t term) {
    auto reply = std::make_shared<roost::link::NodeReply>();
    reply->mutable_info()->set_leads(leads);
    reply->mutable_info()->set_term(term);
    return reply;
  };
  nodes_say({{"node-1", says(true, 4)}, {"node-2", says(true, 5)}});
  EXPECT_THAT(admin("nodes", "{}"), HasSubstr(R"("leader":"node-2")"));

  nodes_say({{"node-1", says(true, 5)}, {"node-2", says(false, 6)}});
  EXPECT_THAT(admin("nodes", "{}"), HasSubstr(R"("leader":"node-1")"));

  nodes_say({{"node-1", says(false, 6)}, {"node-2", unreachable()}});
  EXPECT_THAT(admin("nodes", "{}"), HasSubstr(R"("leader":"")"));
}

TEST_F(admin_test, a_node_that_goes_is_leaving) {
  auto info = std::make_shared<roost::link::NodeReply>();
  info->mutable_info();
  nodes_say({{"node-1", info}, {"node-2", info}});

  EXPECT_THAT(admin("nodes", "{}"), HasSubstr(R"("state":"leaving")"));
}

TEST_F(admin_test, a_drained_node_says_whether_it_still_has_something) {
  auto info = std::make_shared<roost::link::NodeReply>();
  info->mutable_info();
  nodes_say({{"node-1", info}, {"node-2", info}});
  view->add_drained("node-1");
  EXPECT_THAT(admin("nodes", "{}"), HasSubstr(R"("state":"draining")"));

  view->set_homes(0, 1);
  view->mutable_copies(0)->clear_standbys();
  view->set_donors(1, "");
  view->mutable_copies(1)->clear_learners();
  EXPECT_THAT(admin("nodes", "{}"), HasSubstr(R"("state":"drained")"));
}

TEST_F(admin_test, rooms_have_a_home_and_subscribers) {
  auto first = std::make_shared<roost::link::NodeReply>();
  (*first->mutable_channels()->mutable_channels())["chat:1"] = 2;
  auto second = std::make_shared<roost::link::NodeReply>();
  (*second->mutable_channels()->mutable_channels())["chat:1"] = 1;
  nodes_say({{"node-1", first}, {"node-2", second}});

  // The directory of these tests has one shard.
  EXPECT_EQ(admin("rooms", R"({"pattern":"chat:*"})"),
            R"(200 {"result":{"rooms":[{"name":"chat:1","home":"node-1",)"
            R"("shard":0,"subscribers":3}],"truncated":false}})");
  EXPECT_EQ(asked.channels().pattern(), "chat:*");

  nodes_say({{"node-1", first}, {"node-2", unreachable()}});
  EXPECT_THAT(admin("rooms", "{}"), HasSubstr(R"("truncated":true)"));
}

TEST_F(admin_test, room_shows_everything_known) {
  auto first = std::make_shared<roost::link::NodeReply>();
  (*first->mutable_channels()->mutable_channels())["chat:1"] = 2;
  nodes_say({{"node-1", first}});
  rooms["chat:1"].presence["c1"].set_user("alice");
  call("publish", R"({"channel":"chat:1","data":1})");
  call("publish", R"({"channel":"chat:1","data":2})");

  EXPECT_EQ(admin("room", R"({"name":"chat:1"})"),
            R"(200 {"result":{"name":"chat:1","home":"node-1","shard":0,)"
            R"("epoch":"E","offset":2,"history_length":2,"history_bytes":0,)"
            R"("subscribers_by_node":{"node-1":2},)"
            R"("members":[{"user":"alice","client":""}],)"
            R"("history":[{"data":2,"offset":2},{"data":1,"offset":1}],)"
            R"("standbys":[],"learners":[]}})");
}

TEST_F(admin_test, room_with_replicas_shows_who_has_copies) {
  auto& copied = config.channel.namespaces["copied"];
  copied = config.channel.namespaces["chat"];
  copied.name = "copied";
  copied.replicas = 1;
  nodes_say({});
  EXPECT_THAT(admin("room", R"({"name":"copied:1"})"),
              HasSubstr(R"("standbys":["node-2"])"));
  EXPECT_THAT(admin("room", R"({"name":"chat:1"})"),
              HasSubstr(R"("standbys":[])"));
}

TEST_F(admin_test, room_without_state_shows_its_subscribers) {
  auto first = std::make_shared<roost::link::NodeReply>();
  (*first->mutable_channels()->mutable_channels())["open:1"] = 2;
  nodes_say({{"node-1", first}});

  EXPECT_EQ(admin("room", R"({"name":"open:1"})"),
            R"(200 {"result":{"name":"open:1","home":"node-1","shard":0,)"
            R"("epoch":"E","offset":0,"history_length":0,"history_bytes":0,)"
            R"("subscribers_by_node":{"node-1":2},"members":[],"history":[],)"
            R"("standbys":[],"learners":[]}})");
}

TEST_F(admin_test, room_must_be_possible) {
  nodes_say({});
  EXPECT_THAT(admin("room", "{}"), HasSubstr("107"));
  EXPECT_THAT(admin("room", R"({"name":"other:1"})"), HasSubstr("102"));
  rooms.fail(100);
  EXPECT_EQ(admin("room", R"({"name":"chat:1"})"),
            R"(200 {"error":{"code":100,"message":"internal server error"}})");
}

TEST_F(admin_test, connections_are_those_of_all_nodes) {
  auto first = std::make_shared<roost::link::NodeReply>();
  auto& found = *first->mutable_connections()->add_connections();
  found.set_client("c1");
  found.set_user("alice");
  found.set_node("node-1");
  found.set_transport("websocket");
  found.set_protocol("json");
  found.set_remote_address("192.0.2.1:4000");
  found.set_connected_ms(5);
  found.add_channels("chat:1");
  nodes_say({{"node-1", first}});

  EXPECT_EQ(admin("connections", R"({"user":"alice"})"),
            R"(200 {"result":{"connections":[{"client":"c1","user":"alice",)"
            R"("node":"node-1","transport":"websocket","protocol":"json",)"
            R"("remote_address":"192.0.2.1:4000","connected_ms":5,)"
            R"("channels":["chat:1"],"name":"","version":""}],)"
            R"("truncated":false}})");
  EXPECT_EQ(asked.connections().user(), "alice");

  nodes_say({{"node-1", first}, {"node-2", unreachable()}});
  EXPECT_THAT(admin("connections", "{}"), HasSubstr(R"("truncated":true)"));
}

TEST_F(admin_test, publish_answers_the_position) {
  EXPECT_EQ(admin("publish", R"({"channel":"chat:1","data":{"a":1}})"),
            R"(200 {"result":{"offset":1,"epoch":"E"}})");
  EXPECT_EQ(admin("publish", R"({"channel":"other:1","data":1})"),
            R"(200 {"error":{"code":102,"message":"unknown channel"}})");
}

TEST_F(admin_test, disconnect_says_what_was_done_where) {
  nodes_say({{"node-1", reached(2)}, {"node-2", unreachable()}});

  EXPECT_EQ(admin("disconnect", R"({"user":"alice","code":4000,)"
                                R"("reason":"bye"})"),
            R"(200 {"result":{"connections_by_node":{"node-1":2},)"
            R"("unreachable_nodes":["node-2"]}})");
  EXPECT_EQ(asked.disconnect().code(), 4000u);
  EXPECT_THAT(admin("disconnect", "{}"), HasSubstr("107"));
  EXPECT_THAT(admin("disconnect", R"({"user":"a","code":1})"),
              HasSubstr("107"));
}

TEST_F(admin_test, view_says_who_has_what) {
  EXPECT_EQ(admin("view", "{}"),
            R"(200 {"result":{"number":7,"members":["node-1","node-2"],)"
            R"("shards":[{"number":0,"home":"node-1","donor":"",)"
            R"("standbys":["node-2"],"learners":[],"term":6,"holders":[]},)"
            R"({"number":1,"home":"node-2","donor":"node-1","standbys":[],)"
            R"("learners":["node-1"],"term":7,"holders":[]},)"
            R"({"number":2,"home":"","donor":"","standbys":[],"learners":[],)"
            R"("term":5,"holders":["node-3"]}]}})");
}

TEST_F(admin_test, unknown_and_malformed_requests_are_refused) {
  EXPECT_THAT(admin("fly", "{}"), StartsWith("404 "));
  EXPECT_THAT(admin("nodes", "{"), StartsWith("400 "));
}

TEST_F(admin_test, drain_is_an_order_to_the_coordinators) {
  roost::link::Drain ordered;
  membership.on<actors::ask_node>([&](const actors::ask_node& x) {
    ordered = x.request->drain();
    auto reply = std::make_shared<roost::link::NodeReply>();
    reply->mutable_decided()->set_view(8);
    return actors::node_answer{reply};
  });
  EXPECT_EQ(admin("drain", R"({"node":"node-2"})"),
            R"(200 {"result":{"view":8}})");
  EXPECT_EQ(ordered.node(), "node-2");
  EXPECT_FALSE(ordered.undo());
  admin("drain", R"({"node":"node-2","undo":true})");
  EXPECT_TRUE(ordered.undo());
}

TEST_F(admin_test, drain_is_refused_with_a_reason) {
  membership.on<actors::ask_node>([](const actors::ask_node&) {
    auto reply = std::make_shared<roost::link::NodeReply>();
    reply->mutable_error()->set_code(107);
    reply->mutable_error()->set_message("there is no node x; there are a, b");
    return actors::node_answer{reply};
  });
  EXPECT_EQ(admin("drain", R"({"node":"x"})"),
            R"(200 {"error":{"code":107,"message":"there is no node x; )"
            R"(there are a, b"}})");
  EXPECT_EQ(admin("drain", "{}"),
            R"(200 {"error":{"code":107,"message":"node is missing: the name )"
            R"(of the node to drain"}})");
}

} // namespace
