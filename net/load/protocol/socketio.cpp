#include "net/load/protocol/protocol.hpp"

// Socket.IO 5 in Engine.IO 4, over WebSocket alone. The events are `sub` and
// `echo`, which are acknowledged, and `pub`, which comes as `msg`.

namespace net::load {

namespace {

class socketio final : public protocol {
public:
  std::string_view default_path() const override {
    return "/socket.io/?EIO=4&transport=websocket";
  }

  void open(conversation&, const role&, hearing&) const override {
    // The server speaks first.
  }

  void read(conversation& talk, const role& as, std::string_view message,
            hearing& out) const override {
    if (message.empty())
      return;
    switch (message[0]) {
    case '0': // open
      return out.say("40");
    case '1': // close
      return out.refused("closes the session");
    case '2': // ping
      return out.say("3");
    case '4':
      return read_packet(talk, as, message.substr(1), out);
    default:
      return;
    }
  }

  void publish(conversation&, const role& as, std::string_view payload,
               std::string& message) const override {
    message.append(R"(42["pub",)").append(json_string(as.room));
    message.append(",").append(payload).append("]");
  }

  void ask(conversation& talk, const role&, std::string_view payload,
           std::string& message) const override {
    message.append("42").append(std::to_string(talk.next_id++));
    message.append(R"(["echo",)").append(payload).append("]");
  }

  bool asks_by_room() const override { return false; }

private:
  static void read_packet(conversation& talk, const role& as,
                          std::string_view packet, hearing& out) {
    switch (packet.empty() ? '\0' : packet[0]) {
    case '0': // connected
      if (!as.subscribes)
        return out.ready();
      return out.say(R"(421["sub",)" + json_string(as.room) + "]");
    case '2': // event
    case '3': // acknowledgement
      if (auto payload = find_payload(packet, talk.hint))
        out.delivered(payload);
      else if (packet.starts_with("31[") && !talk.ready)
        out.ready();
      return;
    case '1':
      return out.refused("disconnects the socket");
    case '4':
      return out.refused("answers " + quote(packet));
    default:
      return;
    }
  }
};

} // namespace

std::unique_ptr<protocol> make_socketio() {
  return std::make_unique<socketio>();
}

} // namespace net::load
