#include "actors/lane/lane.hpp"
#include "tests/support/actor_test.hpp"

#include <boost/asio/post.hpp>
#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace {

using actors::turn_phase;
using testing::ElementsAre;

using log = std::vector<std::string>;

/// Notes a word at the end of each message's turn.
class noting final : public actors::turn_end_task {
public:
  noting(log& out, std::string word) : out_(&out), word_(std::move(word)) {}

  void at_turn_end() override { out_->push_back(word_); }

private:
  log* out_;
  std::string word_;
};

/// Asks for `task` at each message.
class asking final : public actors::lane_actor {
public:
  struct settings {
    log* out;
    actors::turn_end_task* task;
    turn_phase phase;
  };

  asking(caf::actor_config& cfg, settings what)
      : lane_actor(cfg), what_(what) {}

  caf::behavior make_behavior() override {
    return {[this](int) {
      what_.out->push_back("message");
      home_lane().at_turn_end(*what_.task, what_.phase);
    }};
  }

private:
  settings what_;
};

class lane_test : public test_support::actor_test {
protected:
  caf::actor spawn_asking(actors::turn_end_task& task,
                          turn_phase phase = turn_phase::fan_out) {
    auto made = spawn<asking>(lane(), asking::settings{&out, &task, phase});
    run();
    return made;
  }

  log out;
};

TEST_F(lane_test, runs_a_turn_end_task_once_for_all_messages_of_a_turn) {
  noting task{out, "end"};
  auto a = spawn_asking(task);
  auto b = spawn_asking(task);
  tell(a, 1);
  tell(a, 2);
  tell(b, 3);
  run();
  EXPECT_THAT(out, ElementsAre("message", "message", "message", "end"));
}

TEST_F(lane_test, fans_out_then_serves_links_then_sockets) {
  noting sockets{out, "sockets"};
  noting links{out, "links"};
  noting fan_out{out, "fan out"};
  auto a = spawn_asking(sockets, turn_phase::sockets);
  auto b = spawn_asking(links, turn_phase::links);
  auto c = spawn_asking(fan_out, turn_phase::fan_out);
  tell(a, 1);
  tell(b, 2);
  tell(c, 3);
  run();
  EXPECT_THAT(out, ElementsAre("message", "message", "message", "fan out",
                               "links", "sockets"));
}

TEST_F(lane_test, sends_what_a_fan_out_led_to_in_the_same_turn) {
  struct telling final : actors::turn_end_task {
    void at_turn_end() override { tell(); }
    std::function<void()> tell;
  } room;
  noting sockets{out, "sockets"};
  auto audience = spawn_asking(sockets, turn_phase::sockets);
  room.tell = [&] {
    tell(audience, 1);
  };
  noting replies{out, "replies"};
  auto replying = spawn_asking(replies, turn_phase::sockets);
  auto asking = spawn_asking(room, turn_phase::fan_out);
  tell(replying, 1);
  tell(asking, 2);
  run();
  EXPECT_THAT(
      out, ElementsAre("message", "message", "message", "replies", "sockets"));
}

TEST_F(lane_test, runs_what_a_socket_handler_asked_for) {
  noting task{out, "end"};
  boost::asio::post(lane().io(), [&] {
    lane().at_turn_end(task, turn_phase::sockets);
    lane().at_turn_end(task, turn_phase::sockets);
    out.push_back("socket");
  });
  run();
  EXPECT_THAT(out, ElementsAre("socket", "end"));
}

TEST_F(lane_test, runs_a_task_that_asks_again_in_the_next_turn) {
  struct twice final : actors::turn_end_task {
    void at_turn_end() override {
      if (++times < 2)
        where->at_turn_end(*this, turn_phase::fan_out);
    }
    actors::lane* where = nullptr;
    int times = 0;
  } task;
  task.where = &lane();
  lane().at_turn_end(task, turn_phase::fan_out);
  EXPECT_EQ(task.times, 0);
  run();
  EXPECT_EQ(task.times, 2);
}

TEST_F(lane_test, tells_the_present_outside_of_a_turn) {
  actors::lane fresh{system(), 9};
  const auto before = actors::lane::clock::now();
  while (actors::lane::clock::now() == before)
    ;
  EXPECT_GT(fresh.now(), before);
}

TEST_F(lane_test, forgets_a_task_that_was_destroyed) {
  {
    noting task{out, "end"};
    lane().at_turn_end(task, turn_phase::fan_out);
  }
  run();
  EXPECT_THAT(out, ElementsAre());
}

TEST_F(lane_test, interleaves_an_actor_with_many_messages_with_the_others) {
  noting task{out, "end"};
  auto busy = spawn_asking(task);
  auto other = spawn_asking(task);
  for (int i = 0; i < 300; ++i)
    tell(busy, i);
  tell(other, 0);
  run();
  // 128 messages of one actor in a turn at most: three turns for 300.
  EXPECT_EQ(std::count(out.begin(), out.end(), "message"), 301);
  EXPECT_EQ(std::count(out.begin(), out.end(), "end"), 3);
}

} // namespace
