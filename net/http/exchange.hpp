#pragma once

#include "net/asio.hpp"
#include "net/gateway.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace net {

using http_request = http::request<http::string_body>;

struct http_reply {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};
  std::vector<std::pair<http::field, std::string>> headers = {};
};

using on_reply = std::function<void(http_reply)>;

/// Where a request came in.
struct request_context {
  gateway& node;
  lane_gateway& where;
};

/// Answers one request; calls the function exactly once, maybe later, on the
/// lane of the request.
using http_handler =
    std::function<void(request_context, const http_request&, on_reply)>;

/// The target without its query.
std::string_view path_of(const http_request& request);

/// The decoded value of `key` in the query; empty when it is not there.
std::string query_parameter(const http_request& request, std::string_view key);

/// The value of a header; empty when it is not there.
std::string_view header(const http_request& request, http::field name);
std::string_view header(const http_request& request, std::string_view name);

/// The value of a cookie; empty when it is not there.
std::string_view cookie(const http_request& request, std::string_view name);

/// Whether a Content-Type says that the body is Protobuf.
bool is_binary(std::string_view content_type);

/// Answers that are the same everywhere.
http_reply not_found();
http_reply method_not_allowed(std::string_view allowed);
http_reply json_reply(std::string body, unsigned status = 200);

} // namespace net
