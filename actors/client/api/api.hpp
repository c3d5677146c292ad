#pragma once

#include "actors/lane/lane_actor.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace actors {

struct client_services;

/// What HTTP answers. `body` is JSON, or plain text for status 400.
struct api_response {
  unsigned status = 200;
  std::string body;
};

/// Answers HTTP requests whose key was checked: the server API under /api, and
/// the admin's commands under /admin. One for each lane; plain calls on it.
class api final : public lane_actor {
public:
  using on_done = std::function<void(api_response)>;

  /// `services` outlives the actor.
  api(caf::actor_config& cfg, const client_services& services);
  ~api() override;

  /// Handles POST /api/<method> with a JSON body; calls `done` exactly once,
  /// maybe before it returns. `transport_errors`: errors as HTTP status codes
  /// (X-Centrifugo-Error-Mode: transport).
  void call(std::string_view method, std::string_view body,
            bool transport_errors, on_done done);

  /// Handles POST /api with the legacy format.
  void call_legacy(std::string_view body, on_done done);

  /// Handles POST /admin/<method>. Only on nodes with the coordinator role.
  void admin(std::string_view method, std::string_view body, on_done done);

  const char* name() const override { return "api"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  class impl;

  /// False when the actor has ended.
  bool start_now();

  std::unique_ptr<impl> impl_;
};

struct api_ref {
  api* self = nullptr;
};

} // namespace actors
