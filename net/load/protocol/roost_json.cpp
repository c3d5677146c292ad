#include "net/load/protocol/protocol.hpp"

#include <cstring>

// Centrifuge protocol v2 in JSON: objects, a newline between two of them.

namespace net::load {

namespace {

constexpr std::string_view push_start = R"({"push":)";
constexpr std::string_view connect_answer = R"({"id":1,"connect":)";
constexpr std::string_view subscribe_answer = R"({"id":2,"subscribe":)";

class roost_json final : public protocol {
public:
  std::string_view default_path() const override {
    return "/connection/websocket";
  }

  void open(conversation&, const role& as, hearing& out) const override {
    out.say(roost_opening(as));
  }

  void read(conversation& talk, const role& as, std::string_view message,
            hearing& out) const override {
    const char* at = message.data();
    const char* const end = at + message.size();
    while (at < end) {
      auto left = static_cast<std::size_t>(end - at);
      const char* rest = at;
      // Pushes of one room differ in the digits of their offset only, so the
      // payload mostly is where it was in the push before.
      if (talk.hint < left && std::string_view{at, left}.starts_with(push_start)
          && is_payload(at + talk.hint, left - talk.hint)) {
        rest = at + talk.hint;
        out.delivered(rest);
        rest += stamp_end;
      }
      auto newline = static_cast<const char*>(
          std::memchr(rest, '\n', static_cast<std::size_t>(end - rest)));
      const char* stop = newline ? newline : end;
      if (rest == at)
        read_one(talk, as, {at, static_cast<std::size_t>(stop - at)}, out);
      at = newline ? newline + 1 : end;
    }
  }

  void publish(conversation& talk, const role& as, std::string_view payload,
               std::string& message) const override {
    message.append(R"({"id":)").append(std::to_string(talk.next_id++));
    message.append(R"(,"publish":{"channel":)").append(json_string(as.room));
    message.append(R"(,"data":)").append(payload).append("}}");
  }

  void ask(conversation& talk, const role&, std::string_view payload,
           std::string& message) const override {
    message.append(R"({"id":)").append(std::to_string(talk.next_id++));
    message.append(R"(,"rpc":{"method":"roost.echo","data":)");
    message.append(payload).append("}}");
  }

  bool asks_by_room() const override { return false; }

private:
  void read_one(conversation& talk, const role& as, std::string_view message,
                hearing& out) const {
    if (auto payload = find_payload(message, talk.hint))
      return out.delivered(payload);
    if (message == "{}")
      return out.say("{}");
    if (message.starts_with(push_start)) {
      if (message.find(R"("unsubscribe":)") != message.npos)
        out.refused("ends a subscription: " + quote(message));
      else if (as.delta)
        read_delta(talk, message, out);
      return;
    }
    if (message.find(R"("error":{)") != message.npos)
      return out.refused("answers " + quote(message));
    if (talk.ready)
      return;
    if (message.starts_with(as.subscribes ? subscribe_answer : connect_answer))
      out.ready();
  }

  void read_delta(conversation& talk, std::string_view push,
                  hearing& out) const {
    auto made = deltas_.read(push, talk.base);
    if (!made || !is_payload(made->data(), made->size()))
      return out.refused("sends a delta that makes no payload: " + quote(push));
    talk.base = std::move(made);
    out.delivered(talk.base->data());
  }

  /// What it remembers changes no answer.
  mutable delta_reader deltas_;
};

} // namespace

std::string roost_opening(const role& as) {
  std::string message = R"({"id":1,"connect":{)";
  if (!as.token.empty())
    message += R"("token":)" + json_string(as.token);
  message += "}}";
  if (!as.subscribes)
    return message;
  message += "\n"
             R"({"id":2,"subscribe":{"channel":)"
             + json_string(as.room);
  if (as.delta)
    message += R"(,"delta":"fossil")";
  if (!as.filter.empty())
    message += R"(,"tf":)" + as.filter;
  return message + "}}";
}

std::unique_ptr<protocol> make_roost_json() {
  return std::make_unique<roost_json>();
}

} // namespace net::load
