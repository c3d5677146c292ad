#include "net/load/protocol/protocol.hpp"

// What a program of a few lines around a WebSocket library speaks: `sub` is
// answered by `ok`, `pub` goes to the room, `echo` comes back.

namespace net::load {

namespace {

class raw final : public protocol {
public:
  std::string_view default_path() const override { return "/"; }

  void open(conversation&, const role& as, hearing& out) const override {
    if (as.subscribes)
      out.say(R"({"sub":)" + json_string(as.room) + "}");
    else
      out.ready();
  }

  void read(conversation& talk, const role&, std::string_view message,
            hearing& out) const override {
    if (auto payload = find_payload(message, talk.hint))
      out.delivered(payload);
    else if (message.starts_with(R"({"ok":)") && !talk.ready)
      out.ready();
    else if (message.starts_with(R"({"error":)"))
      out.refused("answers " + quote(message));
  }

  void publish(conversation&, const role& as, std::string_view payload,
               std::string& message) const override {
    message.append(R"({"pub":)").append(json_string(as.room));
    message.append(R"(,"data":)").append(payload).append("}");
  }

  void ask(conversation&, const role&, std::string_view payload,
           std::string& message) const override {
    message.append(R"({"echo":)").append(payload).append("}");
  }

  bool asks_by_room() const override { return false; }
};

} // namespace

std::unique_ptr<protocol> make_raw() {
  return std::make_unique<raw>();
}

} // namespace net::load
