#include "net/http/exchange.hpp"

#include "net/http/field_words.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace net {

namespace {

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

/// The byte that the two hexadecimal digits at `at` name.
std::optional<char> hex_byte(std::string_view text, std::size_t at) {
  const auto digits = text.substr(std::min(at, text.size()), 2);
  const auto* end = digits.data() + digits.size();
  unsigned char byte = 0;
  if (digits.size() < 2
      || std::from_chars(digits.data(), end, byte, 16).ptr != end)
    return std::nullopt;
  return static_cast<char>(byte);
}

/// An escape that is cut or has other digits stands for itself.
std::string url_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (const auto byte = hex_byte(text, i + 1)) {
        out += *byte;
        i += 2;
        continue;
      }
    }
    out += text[i] == '+' ? ' ' : text[i];
  }
  return out;
}

/// The value of `key` in `list`, a list of key=value.
std::string_view value_in(std::string_view list, std::string_view key,
                          char separator) {
  while (!list.empty()) {
    const auto item = take_item(list, separator);
    const auto equals = item.find('=');
    if (equals != std::string_view::npos && item.substr(0, equals) == key)
      return item.substr(equals + 1);
  }
  return {};
}

} // namespace

std::string_view path_of(const http_request& request) {
  const auto target = view(request.target());
  return target.substr(0, target.find('?'));
}

std::string query_parameter(const http_request& request, std::string_view key) {
  const auto target = view(request.target());
  const auto mark = target.find('?');
  if (mark == std::string_view::npos)
    return {};
  return url_decoded(value_in(target.substr(mark + 1), key, '&'));
}

std::string_view header(const http_request& request, http::field name) {
  return view(request[name]);
}

std::string_view header(const http_request& request, std::string_view name) {
  return view(request[beast::string_view{name.data(), name.size()}]);
}

std::string_view cookie(const http_request& request, std::string_view name) {
  return value_in(header(request, http::field::cookie), name, ';');
}

bool is_binary(std::string_view content_type) {
  return same_word(take_item(content_type, ';'), "application/octet-stream");
}

http_reply not_found() {
  return {.status = 404, .body = "404 page not found\n"};
}

http_reply method_not_allowed(std::string_view allowed) {
  http_reply reply{.status = 405, .body = "405 method not allowed\n"};
  reply.headers.emplace_back(http::field::allow, std::string{allowed});
  return reply;
}

http_reply json_reply(std::string body, unsigned status) {
  return {.status = status,
          .content_type = "application/json",
          .body = std::move(body)};
}

} // namespace net
