#pragma once

#include "actors/lane/lane.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/sec.hpp>

#include <exception>
#include <utility>

namespace actors {

/// An actor that is only ever resumed on its lane. Make one with `spawn_on`.
///
/// Every handler that the lane calls for it outside a message (socket, timer,
/// turn end, a plain call from another actor of the lane that may end it) goes
/// through `in_handler`. It ends with `quit`, never by its last reference.
class lane_actor : public caf::event_based_actor {
public:
  using super = caf::event_based_actor;

  explicit lane_actor(caf::actor_config& cfg);
  ~lane_actor() override;

  lane& home_lane() const noexcept { return *lane_; }

  /// Calls `f` as a handler of this actor: an exception ends the actor, and a
  /// `quit` inside takes effect when `f` has returned. `current_sender` and
  /// `make_response_promise` are off limits inside.
  template <class F>
  void in_handler(F&& f) {
    if (!alive())
      return;
    if (in_handler_) { // called by one of our own handlers, which will finish
      std::forward<F>(f)();
      return;
    }
    in_handler_ = true;
    current_mailbox_element(nullptr);
    try {
      std::forward<F>(f)();
    } catch (const std::exception& e) {
      report(e.what());
      quit(caf::sec::runtime_error);
    }
    in_handler_ = false;
    finish_handler();
  }

  // Lane actors run on their lane whoever sends to them.
  using super::enqueue;
  void enqueue(caf::mailbox_element_ptr ptr, caf::execution_unit*) override;
  void launch(caf::execution_unit*, bool lazy, bool hide) override;
  subtype_t subtype() const override;
  caf::resumable::resume_result resume(caf::execution_unit* ctx,
                                       std::size_t max_throughput) override;

private:
  friend class lane;

  void report(const char* what) noexcept;
  void finish_handler();

  lane* lane_;
  lane_actor* next_ready_ = nullptr;
  bool in_handler_ = false;
};

/// The actor behind a handle, for plain calls on its lane.
template <class T>
T* self_of(const caf::actor& handle) {
  return static_cast<T*>(caf::actor_cast<caf::abstract_actor*>(handle));
}

/// Spawns an actor of class `T` that lives on `where`. Raw pointers to actors
/// among the arguments must be wrapped (CAF turns them into handles).
template <class T, class... Ts>
auto spawn_on(lane& where, Ts&&... xs) {
  caf::actor_config cfg{&where};
  return where.system().spawn_class<T, caf::no_spawn_options>(
      cfg, std::forward<Ts>(xs)...);
}

} // namespace actors
