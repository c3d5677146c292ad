#pragma once

#include "actors/room/audience/audience.hpp"
#include "actors/room/replication/courier.hpp"
#include "actors/room/room_directory.hpp"
#include "actors/room/rooms_context.hpp"
#include "actors/room/shard/shard.hpp"
#include "tests/room/make_request.hpp"
#include "tests/room/recording_subscriber.hpp"
#include "tests/room/wire.hpp"
#include "tests/support/actor_test.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace room_test {

using namespace std::chrono_literals;

/// The namespaces of the tests: rooms without one have a history of 100,
/// `small:` one of 3, `cache:` one of 10 and recovers the newest, `plain:` has
/// none.
inline config::channel_section test_channels() {
  config::channel_section result;
  auto& usual = result.without_namespace;
  usual.history_size = 100;
  usual.history_ttl = 600s;
  auto& small = result.namespaces["small"] = usual;
  small.name = "small";
  small.history_size = 3;
  auto& cache = result.namespaces["cache"] = usual;
  cache.name = "cache";
  cache.history_size = 10;
  cache.force_recovery_mode = config::recovery_mode::cache;
  result.namespaces["plain"].name = "plain";
  return result;
}

/// The room actors of one node.
struct node {
  std::string name;
  std::string incarnation = "1";
  std::vector<std::uint32_t> lanes; ///< Their numbers in the test.
  actors::rooms_context context;
  std::unique_ptr<actors::room_directory> directory;
  std::map<std::string, caf::actor> links;
};

/// Nodes with shards and audiences in one process, joined by wires.
class world : public test_support::actor_test {
protected:
  static constexpr std::uint32_t shards = 4;

  /// One lane for each node and one for each end of a wire, so that a test can
  /// let them run in any order.
  explicit world(std::vector<std::string> names = {"a"})
      : actor_test(static_cast<std::uint32_t>(names.size() * names.size())),
        membership(stand_in_for("membership")) {
    for (const auto& name : names)
      add_node(name, static_cast<std::uint32_t>(nodes.size()));
    auto next_lane = static_cast<std::uint32_t>(names.size());
    for (std::size_t i = 0; i < names.size(); ++i)
      for (std::size_t j = i + 1; j < names.size(); ++j) {
        join(*nodes[i], *nodes[j], next_lane);
        next_lane += 2;
      }
    run();
  }

  node& at(const std::string& name) {
    for (auto& x : nodes)
      if (x->name == name)
        return *x;
    throw std::out_of_range("no node " + name);
  }

  const caf::actor& audience_handle(node& x) {
    return x.context.audiences.at(x.lanes.at(0));
  }

  actors::audience& audience_of(node& x) {
    return object<actors::audience>(audience_handle(x));
  }

  const actors::lane_metrics& metrics_of(node& x) {
    return lane(x.lanes.at(0)).metrics();
  }

  // -- views ------------------------------------------------------------------

  /// A view in which `home` has all shards, from `donor` if there is one.
  std::shared_ptr<roost::link::View>
  make_view(std::uint64_t number, const std::vector<std::string>& members,
            const std::string& home, const std::string& donor = {}) {
    auto view = std::make_shared<roost::link::View>();
    view->set_number(number);
    int index = -1;
    for (const auto& name : members) {
      auto& member = *view->add_members();
      member.set_node(name);
      member.set_incarnation(at(name).incarnation);
      if (name == home)
        index = view->members_size() - 1;
    }
    for (std::uint32_t i = 0; i < shards; ++i) {
      view->add_homes(index);
      view->add_donors(donor);
    }
    return view;
  }

  void show(node& to, std::shared_ptr<const roost::link::View> view) {
    auto now = std::make_shared<actors::cluster_view>();
    now->view = std::move(view);
    now->self = to.name;
    now->links = to.links;
    const std::shared_ptr<const actors::cluster_view> shown = now;
    for (const auto& x : to.directory->shards())
      tell(x, actors::view_changed{shown});
    tell(audience_handle(to), actors::view_changed{shown});
  }

  /// Shows a view to all its members.
  void move_home(std::uint64_t number, const std::vector<std::string>& members,
                 const std::string& home, const std::string& donor = {}) {
    const auto view = make_view(number, members, home, donor);
    for (const auto& name : members)
      show(at(name), view);
  }

  // -- requests and subscriptions ---------------------------------------------

  std::shared_ptr<roost::link::RoomReply> ask_room(node& where,
                                                   request_ptr request) {
    const auto& shard = (*where.directory)[request->room()];
    auto answer =
        ask<actors::room_answer>(shard, actors::ask_room{std::move(request)});
    return answer ? answer->reply : nullptr;
  }

  auto start_ask_room(node& where, request_ptr request) {
    const auto& shard = (*where.directory)[request->room()];
    return start_ask<actors::room_answer>(shard,
                                          actors::ask_room{std::move(request)});
  }

  void publish_many(node& where, const std::string& room, int from, int to) {
    for (int i = from; i <= to; ++i)
      ask_room(where, publish(room, std::to_string(i)));
  }

  position top_of(node& where, const std::string& room) {
    const auto reply = ask_room(where, history(room, 0));
    return {reply->history().epoch(), reply->history().offset()};
  }

  recording_subscriber&
  make_subscriber(proto::wire_format format = proto::wire_format::protobuf) {
    return subscribers.emplace_back(format);
  }

  actors::subscription_request wish(const std::string& room) {
    actors::subscription_request result;
    result.room = room;
    result.options = channels.find(room);
    result.info = client("client " + std::to_string(++clients_made));
    return result;
  }

  actors::subscription_request positioned(const std::string& room) {
    auto result = wish(room);
    result.features.positioned = true;
    result.features.recoverable = true;
    return result;
  }

  actors::subscription_request recovering(const std::string& room,
                                          position from) {
    auto result = positioned(room);
    result.recover = true;
    result.epoch = from.epoch;
    result.offset = from.offset;
    return result;
  }

  void start_subscribe(node& where, recording_subscriber& who,
                       actors::subscription_request request) {
    audience_of(where).subscribe(who, std::move(request), who.done());
  }

  recording_subscriber& subscribe(node& where,
                                  actors::subscription_request request) {
    auto& who = make_subscriber();
    start_subscribe(where, who, std::move(request));
    run();
    return who;
  }

  // -- wires ------------------------------------------------------------------

  wire_state& wire(const std::string& one, const std::string& other) {
    return *wires.at(std::minmax(one, other));
  }

  void cut(const std::string& one, const std::string& other) {
    auto& x = wire(one, other);
    x.up = false;
    ++x.epoch;
    for (auto* end : ends_of(one, other))
      end->in_handler([end] { end->fail_open(); });
  }

  void mend(const std::string& one, const std::string& other) {
    wire(one, other).up = true;
    tell(audience_handle(at(one)), actors::resynchronise{other});
    tell(audience_handle(at(other)), actors::resynchronise{one});
  }

  std::vector<wire_end*> ends_of(const std::string& one,
                                 const std::string& other) {
    return {&object<wire_end>(at(one).links.at(other)),
            &object<wire_end>(at(other).links.at(one))};
  }

  config::channel_section channels = test_channels();
  test_support::stand_in membership;
  std::vector<std::unique_ptr<node>> nodes;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<wire_state>>
      wires;
  std::deque<recording_subscriber> subscribers; // outlive the actors
  int clients_made = 0;

private:
  void add_node(const std::string& name, std::uint32_t lane_number) {
    auto made = std::make_unique<node>();
    made->name = name;
    made->lanes = {lane_number};
    made->context.node = name;
    made->context.channels = &channels;
    made->context.epoch_seed = 1000 + lane_number;
    made->context.membership = membership.handle();
    std::vector<caf::actor> handles;
    for (std::uint32_t i = 0; i < shards; ++i)
      handles.push_back(
          spawn<actors::shard>(lane(lane_number), made->context, i));
    made->directory = std::make_unique<actors::room_directory>(handles);
    made->context.directory = made->directory.get();
    made->context.couriers.resize(lane_number + 1);
    made->context.couriers[lane_number] =
        spawn<actors::courier>(lane(lane_number), made->context);
    actors::audience_settings settings;
    settings.node = name;
    // Audiences name lanes by their own number.
    made->context.audiences.resize(lane_number + 1);
    made->context.audiences[lane_number] =
        spawn<actors::audience>(lane(lane_number), *made->directory, settings);
    nodes.push_back(std::move(made));
  }

  void join(node& one, node& other, std::uint32_t lane_number) {
    auto state = std::make_shared<wire_state>();
    wires[std::minmax(one.name, other.name)] = state;
    auto make = [&](node& here, node& there, std::uint32_t number) {
      auto made = spawn<wire_end>(lane(number),
                                  wire_home{there.name, here.directory.get(),
                                            &here.context.audiences,
                                            here.context.couriers.back()},
                                  state);
      here.links[there.name] = made;
      return made;
    };
    const auto a = make(one, other, lane_number);
    const auto b = make(other, one, lane_number + 1);
    tell(a, wire_peer{b});
    tell(b, wire_peer{a});
  }
};

} // namespace room_test
