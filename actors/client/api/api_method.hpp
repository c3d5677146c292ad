#pragma once

#include "actors/client/api/api_methods.hpp"

#include <span>
#include <utility>

namespace actors {

/// A row in a table of methods.
struct api_method {
  int field = 0; ///< Of roost.api.Command, whose name is the method's.
  void (*run)(api_methods& api, roost::api::Command& command,
              api_methods::on_reply done) = nullptr;
  bool reads = false; ///< Counts in `api.read_bytes_per_second`.
};

using api_method_table = std::span<const api_method>;

/// For `run` of a method that is a function of (api, request, done). `Take` is
/// Command::mutable_... of its request.
template <auto Take, auto Method>
void run_method(api_methods& api, roost::api::Command& command,
                api_methods::on_reply done) {
  Method(api, *(command.*Take)(), std::move(done));
}

} // namespace actors
