#include "net/stream/first_commands.hpp"

#include "net/session/connect_command.hpp"

#include <utility>

namespace net {

std::optional<std::string> first_commands(config::transport kind,
                                          const http_request& request) {
  auto text = request.method() == http::verb::get
                  ? query_parameter(request, "cf_connect")
                  : request.body();
  if (!config::listens_only(kind))
    return text.empty() ? std::nullopt : std::optional{std::move(text)};
  if (text.empty())
    text = "{}";
  return connect_command(text);
}

} // namespace net
