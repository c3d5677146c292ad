#include "net/load/protocol/protocol.hpp"

#include <charconv>

// The text protocol of NATS, a stream that WebSocket messages cut anywhere.

namespace net::load {

namespace {

constexpr std::string_view line_end = "\r\n";

/// Longer control lines than the servers' own limit make no sense.
constexpr std::size_t max_line = 64 * 1024;

class nats final : public protocol {
public:
  opcode kind() const override { return opcode::binary; }
  std::string_view default_path() const override { return "/"; }

  void open(conversation&, const role& as, hearing& out) const override {
    std::string message = R"(CONNECT {"verbose":false,"pedantic":false,)"
                          R"("lang":"roost-load","version":"1","protocol":1)";
    if (!as.token.empty())
      message += R"(,"auth_token":)" + json_string(as.token);
    message += "}\r\n";
    if (as.subscribes || as.asks)
      message += "SUB " + as.room + " 1\r\n";
    // Its answer says that all before it was done.
    out.say(message += "PING\r\n");
  }

  void read(conversation& talk, const role&, std::string_view message,
            hearing& out) const override {
    if (talk.rest.empty()) {
      auto used = read_lines(talk, message, out);
      talk.rest = message.substr(used);
      return;
    }
    talk.rest += message;
    auto used = read_lines(talk, talk.rest, out);
    talk.rest.erase(0, used);
  }

  void publish(conversation&, const role& as, std::string_view payload,
               std::string& message) const override {
    message.append("PUB ").append(as.room).append(" ");
    message.append(std::to_string(payload.size())).append(line_end);
    message.append(payload).append(line_end);
  }

private:
  /// Reads what is whole; returns how much that was.
  static std::size_t read_lines(conversation& talk, std::string_view bytes,
                                hearing& out) {
    std::size_t used = 0;
    while (used < bytes.size()) {
      auto left = bytes.substr(used);
      auto end = left.find('\n');
      if (end == left.npos) {
        if (left.size() > max_line) {
          out.refused("sends a line without end");
          return bytes.size();
        }
        return used;
      }
      auto line = left.substr(0, end);
      if (line.ends_with('\r'))
        line.remove_suffix(1);
      auto size = end + 1;
      if (line.starts_with("MSG ")) {
        std::size_t payload = 0;
        if (!payload_size(line, payload)) {
          out.refused("sends the line " + quote(line));
          return bytes.size();
        }
        if (left.size() < size + payload + line_end.size())
          return used;
        if (auto at = find_payload(left.substr(size, payload), talk.hint))
          out.delivered(at);
        size += payload + line_end.size();
      } else {
        read_line(talk, line, out);
      }
      used += size;
    }
    return used;
  }

  /// The last word of a line.
  static bool payload_size(std::string_view line, std::size_t& size) {
    auto word = line.substr(line.rfind(' ') + 1);
    auto end = word.data() + word.size();
    auto read = std::from_chars(word.data(), end, size);
    return read.ec == std::errc{} && read.ptr == end;
  }

  static void read_line(const conversation& talk, std::string_view line,
                        hearing& out) {
    if (line == "PING")
      out.say("PONG\r\n");
    else if (line == "PONG" && !talk.ready)
      out.ready();
    else if (line.starts_with("-ERR"))
      out.refused("says " + quote(line));
  }
};

} // namespace

std::unique_ptr<protocol> make_nats() {
  return std::make_unique<nats>();
}

} // namespace net::load
