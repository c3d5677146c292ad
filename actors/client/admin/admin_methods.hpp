#pragma once

#include "actors/client/admin/admin_method.hpp"

#include <string_view>

namespace actors {

/// The commands of `roost ctl`: POST /admin/<method>, answered from the view
/// and by asking every node. What they are is in the tables of
/// cluster_methods, room_methods and connection_methods.
class admin_methods {
public:
  /// All outlive this.
  admin_methods(lane_actor& self, const client_services& services,
                api_methods& api)
      : ask_(self, services), context_{services, ask_, api} {}

  admin_methods(const admin_methods&) = delete;
  admin_methods& operator=(const admin_methods&) = delete;

  /// Calls `done` exactly once with `{"result":...}` or `{"error":...}`; 404
  /// for an unknown method, 400 for a body that can't be read.
  void call(std::string_view method, std::string_view body, api::on_done done);

private:
  cluster_questions ask_;
  admin_context context_;
};

} // namespace actors
