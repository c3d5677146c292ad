#pragma once

// The harness for tests of actors: one thread, a clock that only the test
// moves, no sleeps.
//
//     class room_test : public test_support::actor_test {};
//
//     TEST_F(room_test, answers) {
//       auto room = spawn<actors::room>(lane(), ...);
//       auto link = stand_in_for("link");
//       auto answer = ask<actors::room_answer>(room, actors::ask_room{...});
//       ASSERT_TRUE(answer);
//       EXPECT_EQ(link.take<actors::deliver_remote>().size(), 1u);
//     }

#include "actors/lane/lane_actor.hpp"
#include "actors/messages.hpp"
#include "tests/support/stand_in.hpp"
#include "tests/support/test_system.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace test_support {

/// What a request was answered with, once it was.
template <class Answer>
struct asked {
  std::optional<Answer> answer;
  caf::error error; ///< Set when the answer was a CAF error.

  bool pending() const { return !answer && !error; }
};

/// An actor system on CAF's deterministic scheduler and lanes that run on the
/// test's thread. Whatever was spawned or kept ends with the test.
class actor_test : public ::testing::Test {
protected:
  explicit actor_test(std::uint32_t lanes = 1) {
    for (std::uint32_t i = 0; i < lanes; ++i) {
      lanes_.push_back(std::make_unique<actors::lane>(system(), i));
      lanes_.back()->advance({}); // from now on only the test moves its clock
    }
    const auto asker = [](caf::event_based_actor* self, int) -> caf::behavior {
      self->set_default_handler(caf::drop);
      return {[](caf::tick_atom) {
      }};
    };
    asker_ = system().spawn(asker, 0); // without any, CAF reads through null
    run();
  }

  void TearDown() override {
    for (auto i = kept_.rbegin(); i != kept_.rend(); ++i)
      caf::anon_send_exit(*i, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(asker_, caf::exit_reason::user_shutdown);
    run();
    kept_.clear();
    EXPECT_EQ(system().registry().running(), 0u)
        << "actors that the test did not end";
  }

  caf::actor_system& system() { return system_.get(); }

  actors::lane& lane(std::uint32_t number = 0) { return *lanes_.at(number); }

  /// Spawns an actor class on a lane; it ends with the test.
  template <class T, class... Ts>
  caf::actor spawn(actors::lane& where, Ts&&... xs) {
    return keep(actors::spawn_on<T>(where, std::forward<Ts>(xs)...));
  }

  /// Ends `x` with the test.
  template <class Handle>
  Handle keep(Handle x) {
    kept_.push_back(caf::actor_cast<caf::actor>(x));
    return x;
  }

  /// A recorder that takes the place of another actor.
  stand_in stand_in_for(std::string what) {
    stand_in made{system(), std::move(what)};
    keep(made.handle());
    return made;
  }

  /// The object behind a handle, for plain calls to lane actors (inside
  /// `in_handler` where they may end it).
  template <class T>
  static T& object(const caf::actor& handle) {
    return dynamic_cast<T&>(*caf::actor_cast<caf::abstract_actor*>(handle));
  }

  /// Sends without a sender, does not run.
  template <class T>
  void tell(const caf::actor& to, T&& x) {
    caf::anon_send(to, std::forward<T>(x));
  }

  /// Sends a request and does not run: `run` until it is no longer pending.
  template <class Answer, class Request>
  std::shared_ptr<asked<Answer>> start_ask(const caf::actor& whom,
                                           Request request) {
    auto result = std::make_shared<asked<Answer>>();
    auto& self = object<caf::event_based_actor>(asker_);
    self.context(nullptr); // where it ran last has gone since
    self.request(whom, caf::infinite, std::move(request))
        .then([result](const Answer& x) { result->answer = x; },
              [result](caf::error& e) { result->error = std::move(e); });
    return result;
  }

  /// Sends a request, runs, and returns the answer if there is one by then.
  template <class Answer, class Request>
  std::optional<Answer> ask(const caf::actor& whom, Request request) {
    auto result = start_ask<Answer>(whom, std::move(request));
    run();
    return result->answer;
  }

  /// Handles messages until neither the scheduler nor a lane has work.
  void run() {
    for (bool busy = true; busy;) {
      busy = system_.run();
      for (auto& x : lanes_)
        busy |= x->poll() > 0;
    }
  }

  /// Moves all clocks and handles whatever becomes due, in small steps so that
  /// actors on different clocks see nearly the same time.
  void advance(std::chrono::milliseconds by) {
    using std::chrono::milliseconds;
    const auto step = std::max(milliseconds{10}, by / 200);
    for (auto left = by; left > milliseconds{0}; left -= step) {
      const auto now = std::min(left, step);
      system_.scheduler().advance_time(now);
      for (auto& x : lanes_)
        x->advance(now);
      run();
    }
  }

private:
  test_system system_;
  std::vector<std::unique_ptr<actors::lane>> lanes_;
  caf::actor asker_;
  std::vector<caf::actor> kept_;
};

} // namespace test_support
