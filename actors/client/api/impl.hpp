#pragma once

#include "actors/client/admin/admin_methods.hpp"
#include "actors/client/api/api.hpp"
#include "actors/client/api/api_methods.hpp"
#include "actors/client/api/api_ticket.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace actors {

/// What an api actor is made of: the way from JSON to the methods and back.
class api::impl {
public:
  impl(api& self, const client_services& services);

  void call(std::string_view method, std::string_view body,
            bool transport_errors, on_done done);
  void call_legacy(std::string_view body, on_done done);
  void admin(std::string_view method, std::string_view body, on_done done);

private:
  /// Lines of the legacy format that are worked off.
  struct legacy_call;

  /// Takes a place for a request; null when there is none, and `done` was
  /// called.
  api_ticket_ptr take_ticket(on_done done, bool transport_errors);
  void batch(std::string_view body, const api_ticket_ptr& ticket);
  /// Answers one method as the API does over HTTP; its request came at `since`.
  void run(std::string_view method, std::string_view body,
           api_methods::time_point since, bool transport_errors, on_done done);

  const client_services& services_;
  api_methods methods_;
  admin_methods admin_;
  std::shared_ptr<std::uint32_t> under_way_ =
      std::make_shared<std::uint32_t>(0);
  std::uint32_t limit_;
};

} // namespace actors
