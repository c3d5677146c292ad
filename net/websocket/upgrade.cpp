#include "net/websocket/upgrade.hpp"

#include "proto/base64.hpp"

#include <openssl/evp.h>

#include <array>

namespace net {

namespace {

constexpr std::string_view json_protocol = "centrifuge-json";
constexpr std::string_view protobuf_protocol = "centrifuge-protobuf";

/// Whether the query of `target` has `key=value`.
bool has_parameter(std::string_view target, std::string_view wanted) {
  const auto mark = target.find('?');
  if (mark == std::string_view::npos)
    return false;
  auto query = target.substr(mark + 1);
  while (!query.empty()) {
    const auto end = query.find('&');
    if (query.substr(0, end) == wanted)
      return true;
    if (end == std::string_view::npos)
      break;
    query.remove_prefix(end + 1);
  }
  return false;
}

/// Whether `list` (comma separated) has `wanted`.
bool offers(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    const auto end = list.find(',');
    auto token = list.substr(0, end);
    while (!token.empty() && (token.front() == ' ' || token.front() == '\t'))
      token.remove_prefix(1);
    while (!token.empty() && (token.back() == ' ' || token.back() == '\t'))
      token.remove_suffix(1);
    if (token == wanted)
      return true;
    if (end == std::string_view::npos)
      break;
    list.remove_prefix(end + 1);
  }
  return false;
}

} // namespace

upgrade_choice choose_upgrade(std::string_view target,
                              std::string_view offered) {
  upgrade_choice choice;
  if (offers(offered, protobuf_protocol))
    choice.subprotocol = protobuf_protocol;
  else if (offers(offered, json_protocol))
    choice.subprotocol = json_protocol;
  if (choice.subprotocol == protobuf_protocol
      || has_parameter(target, "format=protobuf")
      || has_parameter(target, "cf_protocol=protobuf"))
    choice.format = proto::wire_format::protobuf;
  choice.transport_pings = has_parameter(target, "cf_ws_frame_ping_pong=true");
  return choice;
}

bool is_upgrade_key(std::string_view key) {
  const auto bytes = proto::decode_base64(key);
  return bytes && bytes->size() == 16;
}

std::string upgrade_answer(std::string_view key, std::string_view subprotocol,
                           std::string_view extension) {
  std::string text{key};
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(),
             nullptr);
  std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> encoded;
  const auto length =
      EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));

  std::string out = "HTTP/1.1 101 Switching Protocols\r\n"
                    "Server: Roost\r\n"
                    "Upgrade: websocket\r\n"
                    "Connection: Upgrade\r\n"
                    "Sec-WebSocket-Accept: ";
  out.append(reinterpret_cast<const char*>(encoded.data()),
             static_cast<std::size_t>(length));
  if (!subprotocol.empty())
    out.append("\r\nSec-WebSocket-Protocol: ").append(subprotocol);
  if (!extension.empty())
    out.append("\r\nSec-WebSocket-Extensions: ").append(extension);
  return out.append("\r\n\r\n");
}

} // namespace net
