#include "net/load/websocket.hpp"

#include <algorithm>
#include <cctype>

namespace net::load {

namespace {

/// The sample of RFC 6455, so that what it answers to is known as well.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view accept_value = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

constexpr std::size_t max_answer = 16 * 1024;

bool same_letters(char a, char b) {
  return std::tolower(static_cast<unsigned char>(a))
         == std::tolower(static_cast<unsigned char>(b));
}

/// The value of a header, without blanks around it; empty when there is none.
std::string_view header_value(std::string_view head, std::string_view name) {
  auto at = std::search(head.begin(), head.end(), name.begin(), name.end(),
                        same_letters);
  if (at == head.end())
    return {};
  head.remove_prefix(static_cast<std::size_t>(at - head.begin()) + name.size());
  head = head.substr(0, head.find("\r\n"));
  auto first = head.find_first_not_of(" \t");
  return first == head.npos ? std::string_view{} : head.substr(first);
}

/// A line of a stranger, fit for a terminal.
std::string printable(std::string_view text) {
  std::string out{text.substr(0, 200)};
  for (char& c : out)
    if (c < ' ' || c > '~')
      c = '?';
  return out;
}

} // namespace

void append_frame(std::string& out, opcode kind, std::string_view payload) {
  out += static_cast<char>(0x80 | static_cast<std::uint8_t>(kind));
  auto size = payload.size();
  auto extra = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
  auto length = extra == 0 ? size : extra == 2 ? 126 : 127;
  out += static_cast<char>(0x80 | length);
  for (int i = extra - 1; i >= 0; --i)
    out += static_cast<char>(size >> (8 * i) & 0xff);
  out.append(4, '\0');
  out += payload;
}

std::string upgrade_request(std::string_view host, std::string_view path,
                            std::string_view subprotocol) {
  std::string out;
  out.append("GET ").append(path).append(" HTTP/1.1\r\nHost: ").append(host);
  out.append("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
  out.append(key).append("\r\n");
  if (!subprotocol.empty())
    out.append("Sec-WebSocket-Protocol: ").append(subprotocol).append("\r\n");
  return out.append("\r\n");
}

upgrade_answer read_upgrade_answer(std::string_view bytes) {
  using enum upgrade_answer::status;
  auto end = bytes.find("\r\n\r\n");
  if (end == bytes.npos) {
    if (bytes.size() > max_answer)
      return {refused, 0, "sends no end of its HTTP headers"};
    return {};
  }
  auto head = bytes.substr(0, end + 2);
  if (!head.starts_with("HTTP/1.1 101"))
    return {refused, 0,
            "answers \"" + printable(head.substr(0, head.find("\r\n")))
                + "\" in place of becoming a WebSocket"};
  if (header_value(head, "\r\nsec-websocket-accept:") != accept_value)
    return {refused, 0, "accepts a WebSocket with a wrong key"};
  if (!header_value(head, "\r\nsec-websocket-extensions:").empty())
    return {refused, 0, "uses an extension that was not offered"};
  return {accepted, end + 4, {}};
}

} // namespace net::load
