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
                            std::string_view subprotocol, bool deflate) {
  std::string out;
  out.append("GET ").append(path).append(" HTTP/1.1\r\nHost: ").append(host);
  out.append("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
  out.append(key).append("\r\n");
  if (!subprotocol.empty())
    out.append("Sec-WebSocket-Protocol: ").append(subprotocol).append("\r\n");
  if (deflate)
    out += "Sec-WebSocket-Extensions: permessage-deflate; "
           "server_no_context_takeover; client_no_context_takeover\r\n";
  return out.append("\r\n");
}

namespace {

/// Reads an answer up to the end of its head; it is accepted where that begins
/// with `wanted`, which makes it `what`.
upgrade_answer read_head(std::string_view bytes, std::string_view wanted,
                         std::string_view what) {
  using enum upgrade_answer::status;
  auto end = bytes.find("\r\n\r\n");
  if (end == bytes.npos) {
    if (bytes.size() > max_answer)
      return {refused, 0, "sends no end of its HTTP headers"};
    return {};
  }
  if (!bytes.starts_with(wanted))
    return {refused, 0,
            "answers \"" + printable(bytes.substr(0, bytes.find("\r\n")))
                + "\" in place of becoming " + std::string{what}};
  return {accepted, end + 4, {}};
}

} // namespace

upgrade_answer read_stream_answer(std::string_view bytes) {
  return read_head(bytes, "HTTP/1.1 200", "a stream");
}

upgrade_answer read_upgrade_answer(std::string_view bytes, bool deflate) {
  using enum upgrade_answer::status;
  auto answer = read_head(bytes, "HTTP/1.1 101", "a WebSocket");
  if (answer.what != accepted)
    return answer;
  auto head = bytes.substr(0, answer.size - 2);
  if (header_value(head, "\r\nsec-websocket-accept:") != accept_value)
    return {refused, 0, "accepts a WebSocket with a wrong key"};
  auto extensions = header_value(head, "\r\nsec-websocket-extensions:");
  if (deflate && !extensions.starts_with("permessage-deflate"))
    return {refused, 0, "does not agree to permessage-deflate"};
  if (!deflate && !extensions.empty())
    return {refused, 0, "uses an extension that was not offered"};
  return answer;
}

} // namespace net::load
