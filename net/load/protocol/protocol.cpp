#include "net/load/protocol/protocol.hpp"

#include "net/load/errors.hpp"
#include "proto/json_text.hpp"

namespace net::load {

std::unique_ptr<protocol> make_protocol(std::string_view name,
                                        std::string_view format) {
  if (format != "json" && format != "protobuf")
    throw usage_error("The format \"" + std::string{format}
                      + "\" is none of json and protobuf.");
  if (name == "roost")
    return format == "json" ? make_roost_json() : make_roost_protobuf();
  if (format != "json")
    throw usage_error("--format protobuf goes with --protocol roost only.");
  if (name == "nats")
    return make_nats();
  if (name == "nchan")
    return make_nchan();
  if (name == "raw")
    return make_raw();
  if (name == "socketio")
    return make_socketio();
  throw usage_error("The protocol \"" + std::string{name}
                    + "\" is none of roost, nats, nchan, raw and socketio.");
}

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (char c : text.substr(0, 160))
    out += c < ' ' || c > '~' ? '?' : c;
  if (text.size() > 160)
    out += "...";
  return out += '"';
}

std::string json_string(std::string_view text) {
  std::string out;
  if (!proto::append_quoted(text, out))
    throw usage_error(quote(text) + " is not UTF-8.");
  return out;
}

} // namespace net::load
