#include "actors/lane/lane.hpp"

#include "actors/lane/lane_actor.hpp"
#include "actors/lane/lane_timer.hpp"

#include <boost/asio/post.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <algorithm>

namespace asio = boost::asio;

namespace actors {

namespace {

// Timers that are due within this are fired together.
constexpr auto timer_slack = std::chrono::milliseconds{2};

} // namespace

lane::lane(caf::actor_system& system, std::uint32_t number)
    : caf::execution_unit(&system), number_(number), io_(1),
      guard_(io_.get_executor()), wake_up_(io_), now_(clock::now()) {}

lane::~lane() {
  release_pending();
}

void lane::run() {
  thread_ = std::this_thread::get_id();
  touch();
  for (;;) {
    std::size_t handled = 0;
    while (handled < max_handlers && io_.poll_one() > 0)
      ++handled;
    if (io_.stopped())
      return;
    if (is_turn_due())
      turn();
    else if (handled == 0 && io_.run_one() == 0) // waits
      return;
  }
}

void lane::stop() {
  guard_.reset();
  io_.stop();
}

std::size_t lane::poll() {
  thread_ = std::this_thread::get_id();
  io_.restart();
  std::size_t total = 0;
  for (;;) {
    auto handled = io_.poll();
    if (is_turn_due()) {
      turn();
      ++handled;
    }
    if (handled == 0)
      return total;
    total += handled;
  }
}

void lane::advance(std::chrono::milliseconds by) {
  manual_time_ = true;
  thread_ = std::this_thread::get_id();
  const auto target = now_ + by;
  while (!timers_.empty() && timers_.begin()->due_ <= target) {
    now_ = std::max(now_, timers_.begin()->due_);
    fire_timers();
    while (poll() > 0)
      ;
  }
  now_ = target;
}

void lane::sleep(std::chrono::milliseconds by) {
  manual_time_ = true;
  now_ += by;
}

void lane::touch() noexcept {
  if (!manual_time_)
    now_ = clock::now();
}

void lane::exec_later(caf::resumable* job) {
  if (job->subtype() != caf::resumable::io_actor) {
    system().scheduler().enqueue(job);
    return;
  }
  push(static_cast<lane_actor*>(static_cast<caf::scheduled_actor*>(job)));
}

void lane::push(lane_actor* x) {
  auto* head = ready_.load(std::memory_order_relaxed);
  do
    x->next_ready_ = head;
  while (!ready_.compare_exchange_weak(head, x, std::memory_order_release,
                                       std::memory_order_relaxed));
  // Whoever makes the stack non-empty wakes the lane, once for all of them; the
  // lane itself looks before it waits.
  if (head == nullptr && !on_lane())
    asio::post(io_, [] {});
}

bool lane::is_turn_due() const noexcept {
  return batch_ != nullptr || ready_.load(std::memory_order_relaxed) != nullptr
         || std::any_of(tasks_.begin(), tasks_.end(),
                        [](const auto& x) { return !x.empty(); });
}

lane_actor* lane::take_ready() noexcept {
  if (batch_ == nullptr) {
    auto* x = ready_.exchange(nullptr, std::memory_order_acquire);
    while (x != nullptr) { // newest first -> order of arrival
      auto* next = x->next_ready_;
      x->next_ready_ = batch_;
      batch_ = x;
      x = next;
    }
  }
  auto* job = batch_;
  if (job != nullptr)
    batch_ = job->next_ready_; // before resume: it may be pushed again
  return job;
}

void lane::at_turn_end(turn_end_task& task, turn_phase phase) {
  if (!task.is_linked())
    tasks_of(phase).push_back(task);
}

void lane::turn() {
  touch();
  in_turn_ = true;
  spent_ = {};
  // Twice: what rooms say as they fan out leaves in the same turn.
  for (int round = 0; round < 2 && is_turn_due(); ++round) {
    run_actors();
    run_tasks(tasks_of(turn_phase::fan_out));
  }
  run_tasks(tasks_of(turn_phase::links));
  run_tasks(tasks_of(turn_phase::sockets));
  in_turn_ = false;
}

void lane::run_actors() {
  lane_actor* again = nullptr; // had more messages than one turn takes
  for (std::size_t i = 0; i < max_actors; ++i) {
    auto* job = take_ready();
    if (job == nullptr)
      break;
    if (job->resume(this, max_messages) == caf::resumable::resume_later) {
      job->next_ready_ = again; // keeps the reference
      again = job;
    } else {
      caf::intrusive_ptr_release(job->ctrl());
    }
  }
  while (again != nullptr) {
    auto* next = again->next_ready_;
    push(again);
    again = next;
  }
}

void lane::run_tasks(task_list& tasks) {
  // What is asked for meanwhile waits for the next turn.
  task_list now;
  now.swap(tasks);
  while (!now.empty()) {
    auto& task = now.front();
    now.pop_front();
    task.at_turn_end();
  }
}

void lane::fire_timers() {
  const auto limit = manual_time_ ? now_ : now_ + timer_slack;
  while (!timers_.empty() && timers_.begin()->due_ <= limit) {
    auto& timer = static_cast<lane_timer&>(*timers_.begin());
    timers_.erase(timers_.begin());
    // The handler may end its actor, whose member the timer is.
    caf::strong_actor_ptr hold{timer.owner_->ctrl()};
    auto* owner = timer.owner_;
    owner->in_handler([&timer] { timer.fire_(); });
  }
}

void lane::arm_timer() {
  if (manual_time_ || timers_.empty())
    return;
  const auto due = timers_.begin()->due_;
  if (due >= armed_)
    return;
  armed_ = due;
  wake_up_.expires_at(due);
  wake_up_.async_wait([this](boost::system::error_code ec) {
    if (ec) // armed for an earlier time meanwhile
      return;
    armed_ = clock::time_point::max();
    touch();
    fire_timers();
    arm_timer();
  });
}

void lane::release_pending() {
  // After the thread has ended: the same that CAF's own schedulers do.
  for (auto* x : {batch_, ready_.exchange(nullptr, std::memory_order_acquire)})
    while (x != nullptr) {
      auto* next = x->next_ready_;
      caf::scheduler::abstract_coordinator::cleanup_and_release(x);
      x = next;
    }
  batch_ = nullptr;
}

void lane_timer::expires_after(std::chrono::milliseconds delay) {
  arm(present() + delay);
}

void lane_timer::expires_at(lane::clock::time_point due) {
  if (due == lane::clock::time_point::max())
    return cancel();
  arm(std::max(due, present() + std::chrono::milliseconds{1}));
}

void lane_timer::expires_by(lane::clock::time_point due) {
  if (due != lane::clock::time_point::max() && !(armed() && due_ <= due))
    expires_at(due);
}

// A turn may have begun a while ago.
lane::clock::time_point lane_timer::present() const {
  const auto& where = owner_->home_lane();
  return where.manual_time_ ? where.now_ : lane::clock::now();
}

void lane_timer::arm(lane::clock::time_point due) {
  unlink();
  auto& where = owner_->home_lane();
  due_ = due;
  where.timers_.insert(*this);
  where.arm_timer();
}

} // namespace actors
