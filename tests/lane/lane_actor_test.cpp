#include "actors/lane/lane_actor.hpp"
#include "tests/support/actor_test.hpp"

#include <functional>
#include <stdexcept>

namespace {

struct record {
  int handled = 0;
  int ended = 0;
};

/// Does what the test says, at messages and in plain calls.
class worker final : public actors::lane_actor {
public:
  worker(caf::actor_config& cfg, std::shared_ptr<record> seen)
      : lane_actor(cfg), seen_(std::move(seen)) {}

  caf::behavior make_behavior() override {
    return {[this](int what) {
      ++seen_->handled;
      if (what == 0)
        quit();
      if (what < 0)
        throw std::runtime_error("asked to fail");
      return what;
    }};
  }

  void on_exit() override { ++seen_->ended; }

private:
  std::shared_ptr<record> seen_;
};

class lane_actor_test : public test_support::actor_test {
protected:
  lane_actor_test() : test_support::actor_test(2) {}

  caf::actor spawn_worker(std::uint32_t number = 0) {
    auto made = spawn<worker>(lane(number), seen);
    run();
    return made;
  }

  std::shared_ptr<record> seen = std::make_shared<record>();
};

TEST_F(lane_actor_test, answers_requests) {
  EXPECT_EQ(ask<int>(spawn_worker(), 7), 7);
}

TEST_F(lane_actor_test, runs_on_its_own_lane_only) {
  auto x = spawn_worker(1);
  tell(x, 1);
  while (lane(0).poll() > 0)
    ;
  EXPECT_EQ(seen->handled, 0);
  while (lane(1).poll() > 0)
    ;
  EXPECT_EQ(seen->handled, 1);
}

TEST_F(lane_actor_test, ends_when_it_quits_in_a_message) {
  auto x = spawn_worker();
  tell(x, 0);
  tell(x, 1);
  run();
  EXPECT_EQ(seen->handled, 1);
  EXPECT_EQ(seen->ended, 1);
}

TEST_F(lane_actor_test, ends_when_it_quits_in_a_handler) {
  auto x = spawn_worker();
  auto& actor = object<worker>(x);
  actor.in_handler([&] {
    actor.quit();
    EXPECT_EQ(seen->ended, 0); // only when the handler has returned
  });
  EXPECT_EQ(seen->ended, 1);
}

TEST_F(lane_actor_test, ends_after_an_exception_in_a_message) {
  auto x = spawn_worker();
  tell(x, -1);
  run();
  EXPECT_EQ(seen->ended, 1);
}

TEST_F(lane_actor_test, ends_after_an_exception_in_a_handler) {
  auto x = spawn_worker();
  auto& actor = object<worker>(x);
  actor.in_handler([] { throw std::runtime_error("asked to fail"); });
  EXPECT_EQ(seen->ended, 1);
}

TEST_F(lane_actor_test, does_not_run_handlers_after_its_end) {
  auto x = spawn_worker();
  auto& actor = object<worker>(x);
  actor.in_handler([&] { actor.quit(); });
  bool ran = false;
  actor.in_handler([&] { ran = true; });
  EXPECT_FALSE(ran);
  EXPECT_EQ(seen->ended, 1);
}

TEST_F(lane_actor_test, finishes_once_when_handlers_nest) {
  auto x = spawn_worker();
  auto& actor = object<worker>(x);
  actor.in_handler([&] {
    actor.in_handler([&] { actor.quit(); });
    EXPECT_EQ(seen->ended, 0);
  });
  EXPECT_EQ(seen->ended, 1);
}

TEST_F(lane_actor_test, answers_a_request_to_an_ended_actor_with_an_error) {
  auto x = spawn_worker();
  tell(x, 0);
  run();
  auto answer = start_ask<int>(x, 1);
  run();
  EXPECT_FALSE(answer->pending());
  EXPECT_TRUE(answer->error);
}

} // namespace
