#include "actors/lane/lane_actor.hpp"

#include <spdlog/spdlog.h>

#include <cassert>

namespace actors {

lane_actor::lane_actor(caf::actor_config& cfg)
    : super(cfg), lane_(static_cast<lane*>(cfg.host)) {
  assert(lane_ != nullptr);
  set_default_handler(caf::drop);
  set_down_handler([](const caf::down_msg&) {});
  set_error_handler([](caf::error&) {});
  set_exception_handler(
      [](caf::scheduled_actor* self, std::exception_ptr& ptr) -> caf::error {
        try {
          std::rethrow_exception(ptr);
        } catch (const std::exception& e) {
          static_cast<lane_actor*>(self)->report(e.what());
        } catch (...) {
          static_cast<lane_actor*>(self)->report("an unknown exception");
        }
        return caf::sec::runtime_error;
      });
}

lane_actor::~lane_actor() = default;

void lane_actor::enqueue(caf::mailbox_element_ptr ptr, caf::execution_unit*) {
  super::enqueue(std::move(ptr), lane_);
}

void lane_actor::launch(caf::execution_unit*, bool lazy, bool hide) {
  super::launch(lane_, lazy, hide);
}

caf::resumable::subtype_t lane_actor::subtype() const {
  return caf::resumable::io_actor;
}

caf::resumable::resume_result lane_actor::resume(caf::execution_unit* ctx,
                                                 std::size_t max_throughput) {
  // Calls of other actors into this one while it handles a message must not
  // finish it under its own feet.
  in_handler_ = true;
  auto result = super::resume(ctx, max_throughput);
  in_handler_ = false;
  return result;
}

void lane_actor::report(const char* what) noexcept {
  try {
    spdlog::error("{} {} ends: {}", name(), id(), what);
  } catch (...) { // a log line is not worth an abort
  }
}

void lane_actor::finish_handler() {
  if (getf(is_shutting_down_flag | is_terminated_flag) || !has_behavior())
    finalize();
}

} // namespace actors
