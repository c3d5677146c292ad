#include "net/load/protocol/protocol.hpp"

#include <algorithm>

// Centrifuge protocol v2 in JSON over HTTP-streaming or SSE: the request has
// the commands, the answer is lines without end.

namespace net::load {

namespace {

constexpr std::string_view event_start = "data: ";

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')) {
      out += c;
      continue;
    }
    auto byte = static_cast<std::uint8_t>(c);
    out += {'%', digits[byte >> 4], digits[byte & 0xf]};
  }
  return out;
}

class roost_stream final : public protocol {
public:
  explicit roost_stream(bool events)
      : events_(events), lines_(make_roost_json()) {}

  bool streams() const override { return true; }

  std::string_view default_path() const override {
    return events_ ? "/connection/sse" : "/connection/http_stream";
  }

  std::string request(std::string_view host, std::string_view path,
                      const role& as) const override {
    const auto commands = roost_opening(as);
    std::string out = events_ ? "GET " : "POST ";
    out += path;
    if (events_)
      out += "?cf_connect=" + percent_encoded(commands);
    out.append(" HTTP/1.1\r\nHost: ").append(host);
    if (events_)
      return out + "\r\nAccept: text/event-stream\r\n\r\n";
    return out + "\r\nContent-Type: application/json\r\nContent-Length: "
           + std::to_string(commands.size()) + "\r\n\r\n" + commands;
  }

  void open(conversation&, const role&, hearing&) const override {}

  void read(conversation& talk, const role& as, std::string_view piece,
            hearing& out) const override {
    std::string whole;
    if (!talk.rest.empty()) {
      whole = std::move(talk.rest) + std::string{piece};
      piece = whole;
    }
    const auto end = piece.rfind('\n') + 1; // 0 where there is none
    talk.rest.assign(piece.substr(end));
    read_lines(talk, as, piece.substr(0, end), out);
  }

  /// A stream only listens.
  void publish(conversation&, const role&, std::string_view,
               std::string&) const override {}

private:
  void read_lines(conversation& talk, const role& as, std::string_view lines,
                  hearing& out) const {
    if (!events_)
      return lines_->read(talk, as, lines, out);
    while (!lines.empty()) {
      const auto line = lines.substr(0, lines.find('\n'));
      lines.remove_prefix(line.size() + 1);
      if (line.starts_with(event_start))
        lines_->read(talk, as, line.substr(event_start.size()), out);
    }
  }

  bool events_;
  std::unique_ptr<protocol> lines_;
};

} // namespace

std::unique_ptr<protocol> make_roost_stream(bool events) {
  return std::make_unique<roost_stream>(events);
}

} // namespace net::load
