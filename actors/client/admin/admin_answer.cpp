#include "actors/client/admin/admin_answer.hpp"

#include "actors/client/api/api_error.hpp"
#include "proto/json_codec.hpp"

namespace actors {

void admin_answer::result(const google::protobuf::Message& message) const {
  std::string body = "{\"result\":";
  if (!proto::append_json(message, body)) // binary data of some client
    return error(proto::errc::internal);
  body += '}';
  done_({200, std::move(body)});
}

void admin_answer::error(std::uint32_t code, std::string_view message) const {
  done_({200, "{\"error\":" + admin_error_json(code, message) + '}'});
}

void admin_answer::error(proto::errc code, std::string_view message) const {
  error(static_cast<std::uint32_t>(code), message);
}

void admin_answer::unreadable(std::string why) const {
  done_({400, std::move(why)});
}

void admin_answer::unknown(std::string_view method) const {
  done_({404, "there is no method " + std::string{method}});
}

} // namespace actors
