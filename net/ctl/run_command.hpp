#pragma once

#include "net/ctl/commands.hpp"

#include <ostream>
#include <string_view>

namespace net {

/// Calls `method`, prints the result as JSON if that was asked for, and with
/// `print` otherwise. The result is there for what follows.
template <class Result, class Request, class Print>
Result run_command(const ctl_context& context, std::string_view method,
                   const Request& request, Print&& print) {
  Result result;
  auto json = context.coordinator.call(method, request, result);
  if (context.json)
    context.out << json << '\n';
  else
    print(result);
  return result;
}

} // namespace net
