#include "actors/lane/lane_timer.hpp"
#include "tests/support/actor_test.hpp"

#include <gmock/gmock.h>

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

using fired = std::vector<int>;

/// Two timers, which note that they fired; the second may end the actor.
class ticking final : public actors::lane_actor {
public:
  ticking(caf::actor_config& cfg, std::shared_ptr<fired> out)
      : lane_actor(cfg), first(*this, [out] { out->push_back(1); }),
        second(*this, [this, out] {
          out->push_back(2);
          if (quit_at_second)
            quit();
        }) {}

  caf::behavior make_behavior() override {
    return {[](int) {
    }};
  }

  actors::lane_timer first;
  actors::lane_timer second;
  bool quit_at_second = false;
};

class lane_timer_test : public test_support::actor_test {
protected:
  lane_timer_test() {
    handle = spawn<ticking>(lane(), out);
    run();
  }

  ticking& it() { return object<ticking>(handle); }

  std::shared_ptr<fired> out = std::make_shared<fired>();
  caf::actor handle;
};

TEST_F(lane_timer_test, fires_once_when_due_and_not_before) {
  it().first.expires_after(100ms);
  EXPECT_TRUE(it().first.armed());
  advance(99ms);
  EXPECT_THAT(*out, ElementsAre());
  advance(1ms);
  EXPECT_THAT(*out, ElementsAre(1));
  EXPECT_FALSE(it().first.armed());
  advance(1s);
  EXPECT_THAT(*out, ElementsAre(1));
}

TEST_F(lane_timer_test, fires_in_the_order_of_the_due_times) {
  it().first.expires_after(50ms);
  it().second.expires_after(20ms);
  lane().advance(1s);
  EXPECT_THAT(*out, ElementsAre(2, 1));
}

TEST_F(lane_timer_test, forgets_an_earlier_setting) {
  it().first.expires_after(10ms);
  it().first.expires_after(1s);
  advance(500ms);
  EXPECT_THAT(*out, ElementsAre());
  advance(500ms);
  EXPECT_THAT(*out, ElementsAre(1));
}

TEST_F(lane_timer_test, fires_at_a_time) {
  it().first.expires_at(lane().now() + 100ms);
  advance(99ms);
  EXPECT_THAT(*out, ElementsAre());
  advance(1ms);
  EXPECT_THAT(*out, ElementsAre(1));
}

TEST_F(lane_timer_test, fires_in_a_millisecond_at_a_time_that_has_passed) {
  it().first.expires_at(lane().now() - 1s);
  lane().advance(0ms);
  EXPECT_THAT(*out, ElementsAre());
  advance(1ms);
  EXPECT_THAT(*out, ElementsAre(1));
}

TEST_F(lane_timer_test, never_fires_at_the_end_of_time) {
  it().first.expires_after(10ms);
  it().first.expires_at(actors::lane::clock::time_point::max());
  EXPECT_FALSE(it().first.armed());
}

TEST_F(lane_timer_test, keeps_an_earlier_setting_that_comes_sooner) {
  it().first.expires_by(lane().now() + 100ms);
  it().first.expires_by(lane().now() + 200ms);
  it().second.expires_by(lane().now() + 200ms);
  it().second.expires_by(lane().now() + 50ms);
  advance(50ms);
  EXPECT_THAT(*out, ElementsAre(2));
  advance(50ms);
  EXPECT_THAT(*out, ElementsAre(2, 1));
}

TEST_F(lane_timer_test, does_not_fire_when_cancelled) {
  it().first.expires_after(10ms);
  it().first.cancel();
  advance(1s);
  EXPECT_THAT(*out, ElementsAre());
}

TEST_F(lane_timer_test, may_end_its_actor) {
  it().quit_at_second = true;
  it().second.expires_after(10ms);
  it().first.expires_after(20ms);
  advance(1s);
  // The first timer was still armed; nothing fires for an ended actor.
  EXPECT_THAT(*out, ElementsAre(2));
}

} // namespace
