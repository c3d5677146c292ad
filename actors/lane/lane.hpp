#pragma once

#include "actors/lane/lane_metrics.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

namespace actors {

class lane_actor;
class lane_timer;

/// What a lane keeps of a timer; see lane_timer.hpp.
class timer_entry
    : public boost::intrusive::set_base_hook<
          boost::intrusive::link_mode<boost::intrusive::auto_unlink>,
          boost::intrusive::optimize_size<true>> {
public:
  friend bool operator<(const timer_entry& a, const timer_entry& b) noexcept {
    return a.due_ < b.due_;
  }

protected:
  ~timer_entry() = default;

private:
  friend class lane;
  friend class lane_timer;

  std::chrono::steady_clock::time_point due_{};
};

/// Work that is done once at the end of the current turn of a lane, however
/// often it was asked for: what waits is handled together.
class turn_end_task
    : public boost::intrusive::list_base_hook<
          boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
  virtual ~turn_end_task() = default;

  /// Runs on the lane. May ask for itself, or for tasks of a later phase.
  virtual void at_turn_end() = 0;
};

/// The order within the end of a turn.
enum class turn_phase : std::uint8_t {
  fan_out, ///< Audiences encode what came and queue it at connections.
  links,   ///< Links send: the way through a peer is the longest.
  sockets, ///< Sockets of clients write what is queued.
};

/// One thread with one io_context that is also a CAF execution unit: the actors
/// pinned to a lane and the sockets on it share the thread, so they need no
/// lock and no hop.
///
/// A turn of a lane: every actor that is ready handles its messages, and those
/// that became ready by it; then rooms and audiences fan out; both once more,
/// for what rooms said meanwhile; then links and sockets send (turn_phase).
/// Between turns socket handlers run until none is ready, so that what came in
/// together is worked on and sent together: one system call for many frames.
class lane final : public caf::execution_unit {
public:
  using clock = std::chrono::steady_clock;

  lane(caf::actor_system& system, std::uint32_t number);
  ~lane() override;

  /// Its position among the lanes of the node, from 0.
  std::uint32_t number() const noexcept { return number_; }

  boost::asio::io_context& io() noexcept { return io_; }

  lane_metrics& metrics() noexcept { return metrics_; }
  const lane_metrics& metrics() const noexcept { return metrics_; }

  /// The time of the current turn, which is cheap; the present outside of one.
  /// Movable in tests.
  clock::time_point now() const noexcept {
    return in_turn_ || manual_time_ ? now_ : clock::now();
  }

  // -- for the thread ---------------------------------------------------------

  /// Runs until `stop`.
  void run();

  /// Makes `run` return; thread-safe.
  void stop();

  /// Handles what is ready on the calling thread (tests). Returns the number
  /// of handlers that ran.
  std::size_t poll();

  /// Stops following the real clock and moves time by `by` (tests); timers that
  /// become due fire in order. `poll` afterwards.
  void advance(std::chrono::milliseconds by);

  /// Moves time without anything happening, as for a process that was stopped
  /// (tests); what became due meanwhile fires late, with the next `advance`.
  void sleep(std::chrono::milliseconds by);

  bool on_lane() const noexcept {
    return std::this_thread::get_id()
           == thread_.load(std::memory_order_relaxed);
  }

  // -- for actors and sockets of this lane ------------------------------------

  /// Runs `task` once at the end of this turn.
  void at_turn_end(turn_end_task& task, turn_phase phase);

  /// Whether what takes long and can wait, such as the check of a signature,
  /// may be done in this turn; else at the end of it, or of a later one.
  bool has_time() const noexcept { return spent_ < time_for_long; }

  /// Counts what took long.
  void spend(clock::duration time) noexcept { spent_ += time; }

  // -- caf::execution_unit ----------------------------------------------------

  /// Called by CAF, from any thread, when a resumable became ready.
  void exec_later(caf::resumable* job) override;

private:
  friend class lane_timer;

  using task_list =
      boost::intrusive::list<turn_end_task,
                             boost::intrusive::constant_time_size<false>>;

  void push(lane_actor* x);
  bool is_turn_due() const noexcept;
  lane_actor* take_ready() noexcept;
  void turn();
  void run_actors();
  task_list& tasks_of(turn_phase phase) noexcept {
    return tasks_[static_cast<std::size_t>(phase)];
  }
  void run_tasks(task_list& tasks);
  void fire_timers();
  void arm_timer();
  void release_pending();
  void touch() noexcept;

  /// Socket handlers between two turns at most, so that actors are not starved.
  static constexpr std::size_t max_handlers = 256;
  /// Actors that half a turn resumes at most, so that sockets are not starved.
  static constexpr std::size_t max_actors = 1024;
  /// Messages that one actor handles in one turn at most.
  static constexpr std::size_t max_messages = 128;

  /// From turn to turn, and what takes longest beyond.
  static constexpr std::chrono::microseconds time_for_long{500};

  const std::uint32_t number_;
  lane_metrics metrics_; // outlives the handlers that io_ still holds
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
      guard_;
  boost::asio::steady_timer wake_up_;
  clock::time_point armed_ = clock::time_point::max();
  std::atomic<std::thread::id> thread_{};
  clock::time_point now_;
  bool manual_time_ = false;

  // Intrusive stack of many producers; the lane takes all and reverses it.
  std::atomic<lane_actor*> ready_{nullptr};
  lane_actor* batch_ = nullptr;

  bool in_turn_ = false;
  clock::duration spent_{};
  std::array<task_list, 3> tasks_; ///< By phase.

  boost::intrusive::multiset<timer_entry,
                             boost::intrusive::constant_time_size<false>>
      timers_;
};

} // namespace actors
