#pragma once

#include "actors/cluster/link/link.hpp"
#include "tests/support/actor_test.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace test_support {

struct counting_guard final : actors::connection_guard {
  void cut() override { ++cuts; }
  int cuts = 0;
};

/// Publishes the stand-in of the peer to links that dial.
struct fake_sockets final : actors::hand_over_socket {
  void accept(int, const caf::actor& x) override { published = x; }

  void dial(int, actors::lane_actor&, std::chrono::milliseconds,
            actors::hand_over_socket::on_peer done) override {
    if (peer)
      done(peer);
    else
      later = std::move(done);
  }

  caf::actor peer;
  caf::actor published;
  actors::hand_over_socket::on_peer later;
};

/// A link whose peer is the test itself.
class link_test : public actor_test {
protected:
  void SetUp() override {
    for (int i = 0; i < 4; ++i)
      shards.push_back(stand_in_for("shard"));
    std::vector<caf::actor> handles;
    for (auto& x : shards)
      handles.push_back(x.handle());
    rooms = std::make_unique<actors::room_directory>(handles);
    sockets->peer = batches.handle();
    settings.node = "me";
    settings.incarnation = "my-life";
    settings.failure_timeout = std::chrono::milliseconds{2000};
    settings.request_timeout = std::chrono::milliseconds{4000};
    settings.queue_bytes = 256 * 1024;
    settings.rooms = rooms.get();
    settings.audiences = {audiences[0].handle(), audiences[1].handle()};
    settings.couriers = {couriers[0].handle(), couriers[1].handle()};
    settings.node_agent = agent.handle();
    settings.membership = membership.handle();
    settings.sockets = sockets;
    settings.registry = registry;
  }

  void start() {
    it = spawn<actors::link>(
        lane(), std::make_shared<const actors::link_settings>(settings),
        "peer");
    run();
  }

  std::shared_ptr<actors::peer_socket>
  socket(bool dialled = true, std::string incarnation = "life-1") {
    guard = std::make_shared<counting_guard>();
    actors::peer_connection x;
    x.peer = {"peer", std::move(incarnation), "peer:7000", false};
    x.dialled = dialled;
    x.fd = 1'000'000; // no real one
    x.guard = guard;
    return std::make_shared<actors::peer_socket>(std::move(x));
  }

  /// Brings the link up, as the accepting side would.
  void come_up(std::uint64_t epoch = 0, std::string incarnation = "life-1") {
    tell(it, actors::use_connection{socket(true, incarnation)});
    run();
    auto hellos = batches.take<actors::link_hello>();
    ASSERT_EQ(hellos.size(), 1u);
    acks_to = hellos[0].acks;
    this->epoch = epoch == 0 ? hellos[0].epoch : epoch;
    seq = 0;
    tell(it, actors::link_welcome{this->epoch, "peer", std::move(incarnation),
                                  batches.handle(), acks.handle()});
    run();
    in = {};
  }

  void start_up() {
    start();
    come_up();
    membership.take<actors::link_state>();
    for (auto& x : audiences)
      x.take<actors::resynchronise>();
  }

  /// Frames in the batches that came.
  std::vector<roost::link::LinkFrame> frames() {
    std::vector<roost::link::LinkFrame> result;
    for (auto& x : batches.take<actors::link_batch>()) {
      in.feed(x.bytes);
      while (auto f = in.next())
        if (!f->has_ping())
          result.push_back(std::move(*f));
    }
    return result;
  }

  void ack(std::uint64_t number) {
    tell(acks_to, actors::link_ack{epoch, number});
    run();
  }

  void send(const roost::link::LinkFrame& frame) {
    actors::outgoing_stream out;
    out.append(frame);
    while (!out.empty())
      tell(it, actors::link_batch{epoch, seq++, out.take_batch()});
    run();
  }

  static actors::ask_room publish(const std::string& data = "{}",
                                  const std::string& room = "lobby") {
    auto x = std::make_shared<roost::link::RoomRequest>();
    x->set_room(room);
    x->mutable_publish()->set_data(data);
    return {x};
  }

  static actors::deliver_remote events(const std::string& room,
                                       std::uint64_t offset,
                                       std::size_t bytes = 10) {
    auto result = std::make_shared<actors::room_events>();
    result->room = room;
    auto x = std::make_shared<roost::client::Publication>();
    x->set_offset(offset);
    x->set_data(std::string(bytes, 'x'));
    result->events.push_back({x, nullptr, nullptr});
    return {1, result};
  }

  /// Fills the queue to its bound; the peer acknowledges nothing.
  void fill_queue() {
    for (std::size_t i = 0; i < settings.queue_bytes / 50'000 + 10; ++i) {
      tell(it, events("filler", i + 1, 50'000));
      run();
    }
  }

  /// Lets everything out.
  std::vector<roost::link::LinkFrame> drain() {
    std::vector<roost::link::LinkFrame> result;
    for (int i = 0; i < 1000; ++i) {
      auto some = batches.take<actors::link_batch>();
      if (some.empty())
        break;
      for (auto& x : some) {
        in.feed(x.bytes);
        while (auto f = in.next())
          result.push_back(std::move(*f));
      }
      ack(some.back().seq);
    }
    return result;
  }

  bool is_up() { return registry->snapshot().at(0)->up.value() == 1; }
  const actors::link_metrics& metrics() { return *registry->snapshot().at(0); }

  stand_in batches = stand_in_for("batches");
  stand_in acks = stand_in_for("acks");
  stand_in membership = stand_in_for("membership");
  stand_in agent = stand_in_for("agent");
  stand_in audiences[2] = {stand_in_for("audience 0"),
                           stand_in_for("audience 1")};
  stand_in couriers[2] = {stand_in_for("courier 0"), stand_in_for("courier 1")};
  std::vector<stand_in> shards;
  std::unique_ptr<actors::room_directory> rooms;
  std::shared_ptr<fake_sockets> sockets = std::make_shared<fake_sockets>();
  std::shared_ptr<actors::link_registry> registry =
      std::make_shared<actors::link_registry>();
  std::shared_ptr<counting_guard> guard;
  actors::link_settings settings;
  caf::actor it;
  caf::actor acks_to;
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;
  actors::incoming_stream in;
};

} // namespace test_support
