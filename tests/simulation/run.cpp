#include "tests/simulation/run.hpp"

#include "tests/simulation/publishers.hpp"
#include "tests/simulation/readers.hpp"
#include "tests/simulation/subscribers.hpp"
#include "tests/support/test_system.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace simulation {

using namespace std::chrono_literals;

namespace {

// Longer than any seed should take.
constexpr milliseconds longest_run = 600s;
// Until everything is still after the last fault.
constexpr milliseconds rest_within = 40s;

class simulator {
public:
  simulator(caf::actor_system& system, std::function<bool()> run_others,
            std::uint64_t seed, bool print)
      : chance_(seed), plan_(chance_), trace_(print), truth_(trace_),
        world_(system, std::move(run_others), plan_, chance_, trace_, truth_),
        publishers_(world_, chance_, trace_, truth_, 4),
        reader_(world_, chance_, trace_, truth_),
        faults_(world_, chance_, trace_, truth_) {
    for (const auto& room : plan_.rooms)
      followers_.push_back(std::make_unique<follower>(
          world_, chance_, trace_, truth_,
          "f" + std::to_string(followers_.size() + 1), room));
    for (std::size_t i = 0; i < world_.size(); ++i)
      world_.start(i);
  }

  void run() {
    while (!truth_.failed() && !faults_.done()) {
      step();
      if (world_.now() > longest_run)
        truth_.fail("rest", "the faults do not come to an end");
    }
    faults_.stop();
    come_to_rest();
    if (!truth_.failed() && !plan_.reckless && chance_.one_in(3))
      kill_all_in_turn();
    if (!truth_.failed())
      check_the_end();
  }

  outcome result() const {
    outcome x;
    x.failure = truth_.failure();
    x.plan = plan_.text();
    x.tail = trace_.tail();
    x.hash = trace_.hash();
    x.events = trace_.events();
    x.steps = steps_;
    x.simulated_ms = static_cast<std::uint64_t>(world_.now().count());
    x.acknowledged = publishers_.acknowledged();
    x.attempts = publishers_.attempts();
    x.reads = reader_.reads();
    for (const auto& f : followers_) {
      x.losses += f->losses();
      x.stale += f->stale();
    }
    x.views = world_.highest_view();
    x.faults = faults_.counts();
    return x;
  }

private:
  void step() {
    world_.step();
    ++steps_;
    publishers_.act();
    for (auto& x : followers_)
      x->act();
    reader_.act();
    faults_.act();
    if (steps_ % 16 == 0)
      if (const auto what = world_.beyond_bounds(false); !what.empty())
        truth_.fail("I5", what);
  }

  /// Steps until `missing` says nothing.
  template <class Missing>
  void wait(milliseconds within, Missing missing) {
    const auto until = world_.now() + within;
    while (!truth_.failed()) {
      step();
      if (steps_ % 8 != 0)
        continue;
      const std::string what = missing();
      if (what.empty())
        return;
      if (world_.now() > until)
        truth_.fail("rest", what);
    }
  }

  void wait(milliseconds time) {
    const auto until = world_.now() + time;
    while (!truth_.failed() && world_.now() < until)
      step();
  }

  void come_to_rest() {
    wait(rest_within, [&] { return world_.unsettled(); });
    publishers_.publish_everywhere();
    for (auto& x : followers_)
      x->stay();
    publishers_.stop();
    wait(rest_within, [&]() -> std::string {
      return publishers_.idle() ? "" : "a room takes no publication";
    });
    wait(rest_within, [&] { return unfollowed(); });
    reader_.stop();
    wait(2 * plan_.request_timeout); // what publishers did not wait for
  }

  /// Each copy becomes the home once: do all have the same?
  void kill_all_in_turn() {
    faults_.end();
    for (std::size_t i = 0; i < world_.size() && !truth_.failed(); ++i) {
      world_.kill(i, chance_.one_in(2));
      wait(2 * plan_.failure_timeout);
      world_.start(i);
      wait(rest_within, [&] { return world_.unsettled(); });
    }
    wait(rest_within, [&] { return unfollowed(); });
  }

  std::string unfollowed() const {
    for (const auto& x : followers_)
      if (!x->follows())
        return x->name() + " is not in " + x->room();
    return {};
  }

  void check_the_end() {
    reader_.read_all();
    wait(rest_within, [&]() -> std::string {
      return reader_.done() ? "" : "not every history is read";
    });
    // A view may have come just now.
    wait(rest_within, [&] { return world_.beyond_bounds(true); });
    for (const auto& x : followers_)
      if (!truth_.failed() && x->follows()
          && x->position() != reader_.top(x->room()))
        truth_.fail("I1", x->name() + " is at " + text(x->room(), x->position())
                              + " and the room is at "
                              + text(x->room(), reader_.top(x->room())));
  }

  chance chance_;
  const plan plan_;
  trace trace_;
  truth truth_;
  std::vector<std::unique_ptr<follower>> followers_; // outlive the nodes
  cluster world_;
  publishers publishers_;
  reader reader_;
  faults faults_;
  std::uint64_t steps_ = 0;
};

} // namespace

outcome run(std::uint64_t seed, bool print) {
  test_support::test_system system;
  outcome result;
  {
    simulator x{system.get(), [&system] { return system.run(); }, seed, print};
    x.run();
    result = x.result();
  }
  system.run();
  if (const auto left = system.get().registry().running();
      left > 0 && result.failure.empty())
    result.failure = std::to_string(left) + " actors did not end";
  return result;
}

} // namespace simulation
