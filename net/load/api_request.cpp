#include "net/load/api_request.hpp"

#include "net/load/protocol/protocol.hpp"

namespace net::load {

void append_publish_request(std::string_view room, std::string_view payload,
                            bool delta, std::string& out) {
  out.append(R"({"channel":)").append(json_string(room));
  out.append(R"(,"data":)").append(payload);
  out += delta ? R"(,"delta":true})" : "}";
}

std::string post_request(const target& where, std::string_view path,
                         std::string_view key, std::string_view body) {
  std::string out{"POST "};
  out.append(path).append(" HTTP/1.1\r\nHost: ").append(where.host);
  out += "\r\nContent-Type: application/json\r\n";
  if (!key.empty())
    out.append("X-API-Key: ").append(key).append("\r\n");
  out.append("Content-Length: ").append(std::to_string(body.size()));
  return out.append("\r\n\r\n").append(body);
}

} // namespace net::load
