#include "net/session/connect_command.hpp"
#include "proto/client_codec.hpp"
#include "proto/json_codec.hpp"
#include "proto/utf8.hpp"
#include "tests/fuzz/promises.hpp"
#include "tests/fuzz/targets.hpp"

namespace fuzz {

namespace {

using namespace proto;

/// The commands that stand in a body are read as those of a WebSocket.
void read_commands(wire_format format, std::string_view bytes) {
  command_reader reader{format, bytes};
  roost::client::Command command;
  auto status = reader.next(command);
  while (status == command_reader::status::ok)
    status = reader.next(command);
  require(status != command_reader::status::malformed
              || (!reader.reason().empty() && is_utf8(reader.reason())),
          "a failure has a reason");
}

} // namespace

void emulation_json(std::string_view bytes) {
  roost::client::EmulationText body;
  if (const auto why = parse_json(bytes, body)) {
    require(!why->empty() && is_utf8(*why), "a failure has a reason");
    return;
  }
  require(is_utf8(body.node()) && is_utf8(body.session())
              && is_utf8(body.data()),
          "what was JSON is text");
  roost::client::EmulationText again;
  std::string text;
  require(append_json(body, text) && !parse_json(text, again)
              && same(body, again),
          "what was read can be written");
  read_commands(wire_format::json, body.data());
}

void emulation_protobuf(std::string_view bytes) {
  roost::client::EmulationRequest body;
  if (!body.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return;
  require(body.node().size() + body.session().size() + body.data().size()
              <= bytes.size(),
          "a body has no more than it was sent with");
  read_commands(wire_format::protobuf, body.data());
}

void connect_command(std::string_view bytes) {
  using enum command_reader::status;
  const auto made = net::connect_command(bytes);
  if (!made)
    return;
  require(made->find('\n') == std::string::npos, "a command is one line");
  command_reader reader{wire_format::json, *made};
  roost::client::Command command;
  const auto status = reader.next(command);
  if (status != ok) // a field of the request has another type
    return require(status == malformed && !reader.reason().empty(),
                   "a failure has a reason");
  roost::client::Command connect;
  connect.set_id(1);
  *connect.mutable_connect() = command.connect();
  require(command.has_connect() && same(command, connect),
          "a stranger says nothing but connect");
  require(reader.next(command) != ok, "there is one command");
}

} // namespace fuzz
