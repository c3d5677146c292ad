#include "net/load/protocol/protocol.hpp"
#include "proto/client.pb.h"

// Centrifuge protocol v2 in Protobuf: messages behind their length.

namespace net::load {

namespace {

void append_command(const roost::client::Command& command,
                    std::string& message) {
  auto size = command.ByteSizeLong();
  for (auto left = size;; left >>= 7) {
    message += static_cast<char>((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    if (left <= 0x7f)
      break;
  }
  command.AppendToString(&message);
}

/// Takes a length off the front; false when there is none.
bool take_length(std::string_view& bytes, std::uint64_t& length) {
  length = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    if (bytes.empty())
      return false;
    auto byte = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    length |= std::uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) == 0)
      return true;
  }
  return false;
}

class roost_protobuf final : public protocol {
public:
  opcode kind() const override { return opcode::binary; }

  std::string_view subprotocol() const override {
    return "centrifuge-protobuf";
  }

  std::string_view default_path() const override {
    return "/connection/websocket";
  }

  void open(conversation&, const role& as, hearing& out) const override {
    std::string message;
    roost::client::Command connect;
    connect.set_id(1);
    connect.mutable_connect()->set_token(as.token);
    append_command(connect, message);
    if (as.subscribes) {
      roost::client::Command subscribe;
      subscribe.set_id(2);
      subscribe.mutable_subscribe()->set_channel(as.room);
      append_command(subscribe, message);
    }
    out.say(message);
  }

  void read(conversation& talk, const role& as, std::string_view message,
            hearing& out) const override {
    while (!message.empty()) {
      std::uint64_t length = 0;
      if (!take_length(message, length) || length > message.size())
        return out.refused("sends a message that is cut off");
      auto one = message.substr(0, length);
      message.remove_prefix(length);
      if (auto payload = find_payload(one, talk.hint))
        out.delivered(payload);
      else
        read_one(talk, as, one, out);
    }
  }

  void publish(conversation& talk, const role& as, std::string_view payload,
               std::string& message) const override {
    roost::client::Command command;
    command.set_id(talk.next_id++);
    auto& publish = *command.mutable_publish();
    publish.set_channel(as.room);
    publish.set_data(payload.data(), payload.size());
    append_command(command, message);
  }

  void ask(conversation& talk, const role&, std::string_view payload,
           std::string& message) const override {
    roost::client::Command command;
    command.set_id(talk.next_id++);
    auto& rpc = *command.mutable_rpc();
    rpc.set_method("roost.echo");
    rpc.set_data(payload.data(), payload.size());
    append_command(command, message);
  }

  bool asks_by_room() const override { return false; }

private:
  static void read_one(const conversation& talk, const role& as,
                       std::string_view message, hearing& out) {
    if (message.empty())
      return out.say(std::string_view{"\0", 1});
    roost::client::Reply reply;
    if (!reply.ParseFromArray(message.data(), static_cast<int>(message.size())))
      return out.refused("sends what is no Protobuf reply");
    if (reply.has_error())
      return out.refused("answers error " + std::to_string(reply.error().code())
                         + ": " + quote(reply.error().message()));
    if (reply.has_push() && reply.push().has_unsubscribe())
      return out.refused("ends a subscription");
    if (!talk.ready && reply.id() == (as.subscribes ? 2U : 1U))
      out.ready();
  }
};

} // namespace

std::unique_ptr<protocol> make_roost_protobuf() {
  return std::make_unique<roost_protobuf>();
}

} // namespace net::load
