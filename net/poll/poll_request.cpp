#include "net/poll/poll_request.hpp"

#include "proto/json_codec.hpp"

#include <algorithm>
#include <utility>

namespace net {

namespace {

/// What is wrong with the first line; empty: nothing.
std::string_view fault_in(const poll_request& request) {
  const auto& head = request.head;
  const bool opens = request.opens();
  const auto wishes = (opens ? 1 : 0) + (head.poll() != 0 ? 1 : 0)
                      + (head.send() != 0 ? 1 : 0) + (head.close() ? 1 : 0);
  if (wishes != 1)
    return "one of open, poll, send and close is expected";
  if (opens && head.open() != "json" && head.open() != "protobuf")
    return "open must be \"json\" or \"protobuf\"";
  if (!opens && (head.node().empty() || head.session().empty()))
    return "node and session are expected";
  return {};
}

} // namespace

std::variant<poll_request, std::string> read_poll(std::string_view body) {
  const auto end = std::min(body.find('\n'), body.size());
  if (end > max_poll_head)
    return "the first line is too long";
  poll_request out;
  if (auto wrong = proto::parse_json(body.substr(0, end), out.head))
    return "the first line: " + *wrong;
  if (const auto wrong = fault_in(out); !wrong.empty())
    return std::string{wrong};
  out.commands = body.substr(std::min(end + 1, body.size()));
  const bool sends = out.head.send() != 0;
  if (sends == out.commands.empty())
    return sends ? "commands are expected behind the first line"
                 : "only what sends has commands";
  return out;
}

} // namespace net
