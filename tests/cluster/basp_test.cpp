// The real thing: two actor systems with CAF's own transport between them. It
// uses internals of CAF 0.17.6, so this must fail when CAF changes.
#include "actors/cluster/caf_node_id.hpp"
#include "actors/cluster/link/link.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace actors;
using namespace std::chrono_literals;

namespace {

/// Cuts through a second descriptor of the socket, as the transport does.
class socket_guard final : public connection_guard {
public:
  explicit socket_guard(int fd) : fd_(::dup(fd)) {}
  ~socket_guard() override { ::close(fd_); }
  void cut() override { ::shutdown(fd_, SHUT_RDWR); }

private:
  int fd_;
};

struct system_config : caf::actor_system_config {
  system_config() { configure(*this, true, 2000ms); }
};

/// Answers publish requests with their own data.
class echo_shard final : public caf::event_based_actor {
public:
  using caf::event_based_actor::event_based_actor;

  caf::behavior make_behavior() override {
    return {[](const ask_room& x) {
      auto reply = std::make_shared<roost::link::RoomReply>();
      reply->mutable_published()->set_epoch(x.request->publish().data());
      return room_answer{reply};
    }};
  }
};

/// Remembers what links tell it.
class watcher final : public lane_actor {
public:
  using lane_actor::lane_actor;

  caf::behavior make_behavior() override {
    return {[this](const link_state& x) {
      states.push_back(x);
    }};
  }

  std::vector<link_state> states;
};

/// Sends one request and keeps the answer.
class asker final : public lane_actor {
public:
  using lane_actor::lane_actor;

  caf::behavior make_behavior() override {
    return {[this](const caf::actor& whom, const ask_room& x) {
      request(whom, caf::infinite, x).then([this](const room_answer& y) {
        answers.push_back(*y.reply);
      });
    }};
  }

  std::vector<roost::link::RoomReply> answers;
};

struct node {
  explicit node(std::string name, std::string peer) : identity{name, name, ""} {
    auto settings = std::make_shared<link_settings>();
    settings->node = name;
    settings->incarnation = name;
    settings->rooms = &rooms;
    settings->membership = watch;
    settings->sockets = make_basp_hand_over(system);
    settings->registry = registry;
    out = spawn_on<actors::link>(where, std::move(settings), peer);
  }

  bool up() const { return registry->snapshot().at(0)->up.value() == 1; }

  watcher& watched() const {
    return dynamic_cast<watcher&>(
        *caf::actor_cast<caf::abstract_actor*>(watch));
  }

  asker& asked() const {
    return dynamic_cast<asker&>(*caf::actor_cast<caf::abstract_actor*>(ask));
  }

  void use(int fd, const peer_identity& other, bool dialled) {
    guard = std::make_shared<socket_guard>(fd);
    caf::anon_send(out, use_connection{std::make_shared<peer_socket>(
                            peer_connection{other, dialled, fd, guard})});
  }

  void stop() {
    for (auto* x : {&out, &watch, &ask, &shard}) {
      caf::anon_send_exit(*x, caf::exit_reason::user_shutdown);
      *x = nullptr;
    }
  }

  system_config config;
  caf::actor_system system{config};
  lane where{system, 0};
  peer_identity identity;
  caf::actor shard = system.spawn<echo_shard>();
  room_directory rooms{std::vector<caf::actor>{shard}};
  caf::actor watch = spawn_on<watcher>(where);
  caf::actor ask = spawn_on<asker>(where);
  std::shared_ptr<link_registry> registry = std::make_shared<link_registry>();
  std::shared_ptr<socket_guard> guard;
  caf::actor out;
};

class basp_test : public ::testing::Test {
protected:
  void TearDown() override {
    for (auto* x : {a.get(), b.get()})
      if (x != nullptr) {
        x->stop();
        EXPECT_TRUE(
            eventually([x] { return x->system.registry().running() == 0; }));
        x->system.await_actors_before_shutdown(false);
      }
  }

  /// Runs the lanes until `done`.
  template <class Condition>
  bool eventually(Condition done) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline)
        return false;
      for (auto* x : {a.get(), b.get()})
        if (x != nullptr)
          x->where.poll();
      std::this_thread::yield();
    }
    return true;
  }

  void connect() {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    b->use(ends[1], a->identity, false);
    a->use(ends[0], b->identity, true);
  }

  bool both_up() {
    return eventually([this] { return a->up() && b->up(); });
  }

  bool both_down() {
    return eventually([this] { return !a->up() && !b->up(); });
  }

  /// Sends `data` through the link of `from` and waits for it to come back.
  bool echoes(node& from, const std::string& data) {
    auto request = std::make_shared<roost::link::RoomRequest>();
    request->set_room("lobby");
    request->mutable_publish()->set_data(data);
    from.asked().answers.clear();
    caf::anon_send(from.ask, from.out, ask_room{request});
    return eventually([&] { return !from.asked().answers.empty(); })
           && from.asked().answers[0].published().epoch() == data;
  }

  std::unique_ptr<node> a = std::make_unique<node>("a", "b");
  std::unique_ptr<node> b = std::make_unique<node>("b", "a");
};

TEST_F(basp_test, gives_each_system_its_own_node_id) {
  EXPECT_NE(a->system.node(), b->system.node());
}

TEST_F(basp_test, connects_links_over_a_socket_that_we_hand_over) {
  connect();
  ASSERT_TRUE(both_up());
  EXPECT_TRUE(echoes(*a, "from a"));
  EXPECT_TRUE(echoes(*b, "from b"));
}

TEST_F(basp_test, carries_what_spans_many_batches) {
  connect();
  ASSERT_TRUE(both_up());
  EXPECT_TRUE(echoes(*a, std::string(1 << 20, 'm')));
}

TEST_F(basp_test, goes_down_when_cut_and_comes_up_with_a_new_connection) {
  connect();
  ASSERT_TRUE(both_up());
  for (int i = 0; i < 3; ++i) {
    a->guard->cut();
    ASSERT_TRUE(both_down()) << i;
    // The transport may not have seen the end of the old connection when the
    // new one comes; then it takes another.
    for (int attempt = 0; attempt < 5 && !(a->up() && b->up()); ++attempt) {
      connect();
      const auto states = a->watched().states.size();
      const auto states_b = b->watched().states.size();
      ASSERT_TRUE(eventually([&] {
        return a->watched().states.size() > states
               && b->watched().states.size() > states_b;
      }));
    }
    ASSERT_TRUE(both_up()) << i;
    EXPECT_TRUE(echoes(*a, "again")) << i;
    EXPECT_TRUE(echoes(*b, "again")) << i;
  }
}

TEST_F(basp_test, goes_down_when_the_peer_is_gone) {
  connect();
  ASSERT_TRUE(both_up());
  b->stop();
  EXPECT_TRUE(eventually([this] { return !a->up(); }));
  EXPECT_TRUE(
      eventually([this] { return b->system.registry().running() == 0; }));
  b.reset();
}

TEST_F(basp_test, gives_up_on_a_peer_that_says_nothing) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
  a->use(ends[0], b->identity, true);
  ASSERT_TRUE(eventually([this] { return !a->watched().states.empty(); }));
  EXPECT_FALSE(a->watched().states[0].up);
  char byte = 0;
  // It has sent its greeting, then ended the connection.
  while (::recv(ends[1], &byte, 1, 0) == 1)
    ;
  EXPECT_EQ(::recv(ends[1], &byte, 1, 0), 0);
  ::close(ends[1]);
}

} // namespace
