#include "tests/simulation/faults.hpp"

namespace simulation {

using namespace std::chrono_literals;

namespace {

// Until everything must be in sync again.
constexpr milliseconds patience = 60s;
// A fault comes only when no cut could have hurt a copy.
constexpr milliseconds quiet = 1500ms;

} // namespace

void faults::act() {
  const auto now = world_.now();
  const bool reckless = world_.how().reckless;
  if (ended_)
    return;
  if (dying_ && now >= dies_at_) {
    if (world_.lives(*dying_))
      world_.kill(*dying_, true);
    dying_.reset();
  }
  if (!active_) {
    start_the_dead(); // also who has left since
    undo_drains();
  }
  if (chance_.one_in(32))
    world_.check_orders();
  if (stopped_)
    return;
  if (active_ || reckless) {
    if (chance_.one_in(400))
      cut_something();
  }
  if (active_ && now >= mend_at_)
    mend();
  if (active_ && !(reckless && chance_.one_in(300)))
    return;
  if (now < look_at_ || begun_ >= world_.how().faults)
    return;
  look_at_ = now + 50ms;
  if (reckless) {
    if (now >= calm_until_)
      begin();
    return;
  }
  const auto why = world_.unsettled();
  if (!why.empty()) {
    settled_since_ = milliseconds{-1};
    if (now - mended_at_ > patience)
      truth_.fail("rest", "the cluster does not come to rest: " + why);
    return;
  }
  if (settled_since_ < 0ms) {
    settled_since_ = now;
    calm_until_ = now + quiet + milliseconds{chance_.between(0, 1'500)};
  }
  if (now >= calm_until_)
    begin();
}

std::size_t faults::any_node(bool working) {
  for (;;) {
    const auto i = chance_.below(world_.size());
    if (!working || world_.works(i))
      return i;
  }
}

void faults::begin() {
  if (world_.working().empty())
    return mend();
  ++begun_;
  active_ = true;
  settled_since_ = milliseconds{-1};
  mend_at_ = world_.now() + milliseconds{chance_.between(200, 5'000)};
  calm_until_ = world_.now() + milliseconds{chance_.between(0, 4'000)};
  const auto i = any_node(true);
  if (world_.how().reckless && chance_.one_in(6))
    return kill_all();
  switch (chance_.below(9)) {
  case 0:
  case 1:
  case 2:
    ++counts_.kills;
    if (chance_.one_in(2))
      return world_.kill(i, chance_.one_in(2));
    // First what it says does not get to all others any more.
    dying_ = i;
    dies_at_ = world_.now() + milliseconds{chance_.between(10, 150)};
    mend_at_ += 150ms;
    return world_.network().block(
        world_.name(i), world_.name((i + 1 + chance_.below(world_.size() - 1))
                                    % world_.size()));
  case 3:
  case 4:
    ++counts_.pauses;
    return world_.pause(i);
  case 5:
    ++counts_.leaves;
    mend_at_ = world_.now() + milliseconds{chance_.between(500, 8'000)};
    return world_.leave(i);
  case 6:
    ++counts_.drains;
    mend_at_ = world_.now() + milliseconds{chance_.between(500, 8'000)};
    return world_.drain(any_node(false), false);
  default: {
    ++counts_.splits;
    // From one other node, or all of them; one way, or both.
    const bool all = chance_.one_in(2);
    const auto ways = chance_.below(3);
    const auto other =
        (i + 1 + chance_.below(world_.size() - 1)) % world_.size();
    for (std::size_t j = 0; j < world_.size(); ++j) {
      if (j == i || (!all && j != other))
        continue;
      trace_.note("split", world_.name(i), world_.name(j), ways);
      if (ways != 1)
        world_.network().block(world_.name(i), world_.name(j));
      if (ways != 2)
        world_.network().block(world_.name(j), world_.name(i));
    }
  }
  }
}

void faults::kill_all() {
  for (std::size_t i = 0; i < world_.size(); ++i)
    if (world_.lives(i)) {
      ++counts_.kills;
      world_.kill(i, true);
    }
}

void faults::mend() {
  trace_.note("mend");
  dying_.reset();
  active_ = false;
  mended_at_ = world_.now();
  world_.network().unblock_all();
  for (std::size_t i = 0; i < world_.size(); ++i)
    if (world_.paused(i))
      world_.wake(i);
  start_the_dead();
}

void faults::start_the_dead() {
  for (std::size_t i = 0; i < world_.size(); ++i)
    if (!world_.lives(i))
      world_.start(i);
}

// Until a coordinator takes it.
void faults::undo_drains() {
  if (world_.now() < undo_at_)
    return;
  undo_at_ = world_.now() + 300ms;
  for (const auto i : world_.drained())
    world_.drain(i, true);
}

void faults::stop() {
  mend();
  stopped_ = true;
}

void faults::cut_something() {
  const auto i = any_node(false);
  const auto j = (i + 1 + chance_.below(world_.size() - 1)) % world_.size();
  trace_.note("cut", world_.name(i), world_.name(j));
  ++counts_.cuts;
  world_.network().cut(world_.name(i), world_.name(j));
}

} // namespace simulation
