#include "actors/client/api/api_error.hpp"

#include "proto/json_text.hpp"

namespace actors {

std::string_view api_message(std::uint32_t code) {
  if (code < 100 || code > 113)
    return {};
  switch (const auto known = static_cast<proto::errc>(code)) {
  case proto::errc::method_not_found:
    return "not found";
  case proto::errc::concurrent_pagination:
    return "conflict";
  default:
    return proto::message(known);
  }
}

unsigned api_status(std::uint32_t code) {
  switch (code) {
  case 102:
  case 104:
    return 404;
  case 107:
  case 108:
    return 400;
  case 111: // ours: the node has too many requests under way
    return 429;
  case 112:
    return 416;
  case 113:
    return 409;
  default:
    return 500;
  }
}

namespace {

std::string error_json(std::uint32_t code, std::string_view message) {
  std::string result = "{\"code\":" + std::to_string(code) + ",\"message\":";
  if (!proto::append_quoted(message, result))
    result += "\"\"";
  result += '}';
  return result;
}

} // namespace

std::string api_error_json(std::uint32_t code, std::string_view message) {
  const auto known = api_message(code);
  return error_json(code, known.empty() ? message : known);
}

std::string admin_error_json(std::uint32_t code, std::string_view message) {
  return error_json(code, message.empty() ? api_message(code) : message);
}

} // namespace actors
