#include "net/session/connect_command.hpp"

#include "proto/json_text.hpp"

namespace net {

std::optional<std::string> connect_command(std::string_view request) {
  if (proto::check_json(request).verdict != proto::json_verdict::valid)
    return std::nullopt;
  std::string out = R"({"id":1,"connect":)";
  const auto begin = out.size();
  proto::append_minified(request, out); // one line
  if (out[begin] != '{')
    return std::nullopt;
  return out += '}';
}

} // namespace net
