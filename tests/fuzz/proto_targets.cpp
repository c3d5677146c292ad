#include "proto/admin.pb.h"
#include "proto/api.pb.h"
#include "proto/client_codec.hpp"
#include "proto/json_codec.hpp"
#include "proto/json_text.hpp"
#include "tests/fuzz/promises.hpp"
#include "tests/fuzz/targets.hpp"

#include <simdjson.h>

namespace fuzz {

using namespace proto;

namespace {

using google::protobuf::Message;

void check_json_round_trip(const Message& message, Message& again) {
  std::string text;
  require(append_json(message, text), "what was read can be written");
  require(is_json(text), "what is written is JSON");
  require(text.find('\n') == std::string::npos, "a message is one line");
  require(!parse_json(text, again), "what was written can be read");
  require(same(message, again), "nothing changes");
}

void check_reason(const command_reader& reader) {
  require(!reader.reason().empty(), "a failure has a reason");
  require(is_utf8(reader.reason()), "a reason is text");
}

template <class Request>
void check_request(std::string_view bytes) {
  Request request;
  Request again;
  if (auto error = parse_json(bytes, request))
    require(!error->empty() && is_utf8(*error), "a failure has a reason");
  else
    check_json_round_trip(request, again);
}

template <class... Requests>
void check_requests(std::string_view bytes) {
  (check_request<Requests>(bytes), ...);
}

} // namespace

void command_json(std::string_view bytes) {
  using enum command_reader::status;
  command_reader reader{wire_format::json, bytes};
  roost::client::Command command;
  roost::client::Command again;
  auto status = reader.next(command);
  for (; status == ok; status = reader.next(command))
    check_json_round_trip(command, again);
  if (status == malformed)
    check_reason(reader);
}

void command_protobuf(std::string_view bytes) {
  using enum command_reader::status;
  command_reader reader{wire_format::protobuf, bytes};
  roost::client::Command command;
  roost::client::Command again;
  auto status = reader.next(command);
  for (; status == ok; status = reader.next(command)) {
    require(again.ParseFromString(command.SerializeAsString()),
            "what was read can be written");
    require(same(command, again), "nothing changes");
  }
  if (status == malformed)
    check_reason(reader);
}

void api_json(std::string_view bytes) {
  using namespace roost::api;
  check_requests<PublishRequest, BroadcastRequest, SubscribeRequest,
                 UnsubscribeRequest, DisconnectRequest, RefreshRequest,
                 PresenceRequest, PresenceStatsRequest, HistoryRequest,
                 HistoryRemoveRequest, ChannelsRequest, InfoRequest,
                 BatchRequest>(bytes);
}

void admin_json(std::string_view bytes) {
  using namespace roost::admin;
  check_requests<NodesRequest, RoomsRequest, RoomRequest, ConnectionsRequest,
                 PublishRequest, DisconnectRequest, DrainRequest, ViewRequest>(
      bytes);
}

void json_text(std::string_view bytes) {
  simdjson::dom::parser parser;
  // One level more than containers: the document itself counts.
  require(parser.allocate(bytes.size(), max_json_depth + 1)
              == simdjson::SUCCESS,
          "memory");
  auto code = parser.parse(bytes.data(), bytes.size()).error();
  switch (code) {
  // simdjson reads numbers and escapes where we only check how they look.
  case simdjson::NUMBER_ERROR:
  case simdjson::STRING_ERROR:
  case simdjson::DEPTH_ERROR:
  case simdjson::CAPACITY:
    break;
  default:
    require(is_json(bytes) == (code == simdjson::SUCCESS),
            "is_json agrees with simdjson");
  }
  std::string line;
  std::string again;
  if (!append_embedded(bytes, line)) {
    require(!is_json(bytes), "valid JSON can be embedded");
    return;
  }
  require(is_json(bytes) && is_json(line), "what is embedded is JSON");
  require(append_embedded(line, again) && line == again,
          "stripping is done once");
}

} // namespace fuzz
