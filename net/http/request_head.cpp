#include "net/http/request_head.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace net {

namespace {

using refusal = std::optional<http_reply>;

http_reply refuse_head(unsigned status, const std::string& why) {
  const auto text = std::to_string(status) + ' ' + why + '\n';
  return {.status = status, .body = text};
}

http_reply bad_request(const std::string& why) {
  return refuse_head(400, "bad request: " + why);
}

std::string_view view_of(beast::string_view text) {
  return {text.data(), text.size()};
}

/// What may be there once: two values would be two requests, depending on who
/// reads them.
constexpr std::array single_fields{
    http::field::host,
    http::field::content_length,
    http::field::content_type,
    http::field::authorization,
    http::field::origin,
    http::field::sec_websocket_key,
    http::field::sec_websocket_version,
};
constexpr std::array<std::string_view, 1> single_names{"X-API-Key"};

refusal check_single(const http_request& request) {
  auto twice = [](std::string_view name) {
    return bad_request(std::string{name} + " is there twice");
  };
  for (const auto field : single_fields)
    if (request.count(field) > 1)
      return twice(view_of(http::to_string(field)));
  for (const auto name : single_names)
    if (request.count(beast::string_view{name.data(), name.size()}) > 1)
      return twice(name);
  return std::nullopt;
}

/// Lists that are read here; more than one line of them is one list (RFC 9110,
/// section 5.3).
struct list_field {
  http::field name;
  std::string_view separator;
};
constexpr std::array list_fields{
    list_field{http::field::connection, ", "},
    list_field{http::field::upgrade, ", "},
    list_field{http::field::transfer_encoding, ", "},
    list_field{http::field::expect, ", "},
    list_field{http::field::sec_websocket_protocol, ", "},
    list_field{http::field::sec_websocket_extensions, ", "},
    list_field{http::field::cookie, "; "},
};

void join_lists(http_request& request) {
  for (const auto& list : list_fields) {
    const auto [first, last] = request.equal_range(list.name);
    if (first == last || std::next(first) == last)
      continue;
    std::string all;
    for (auto i = first; i != last; ++i)
      all.append(all.empty() ? "" : list.separator).append(view_of(i->value()));
    request.set(list.name, all);
  }
}

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text,
                             [](unsigned char c) { return std::isdigit(c); });
}

refusal check_length(const http_request& request) {
  const auto length = request.find(http::field::content_length);
  if (length == request.end() || all_digits(view_of(length->value())))
    return std::nullopt;
  return bad_request("Content-Length is not one number");
}

refusal check_coding(const http_request& request) {
  if (request.count(http::field::transfer_encoding) == 0)
    return std::nullopt;
  const auto coding = request[http::field::transfer_encoding];
  if (request.version() < 11)
    return bad_request("HTTP/1.0 has no Transfer-Encoding");
  if (beast::iequals(coding, "chunked"))
    return std::nullopt;
  // Where the body ends is known only when `chunked` is there once, at the end.
  constexpr std::string_view last = "chunked";
  const auto text = view_of(coding);
  const bool ends_chunked = beast::iequals(
      text.substr(text.size() - std::min(text.size(), last.size())), last);
  std::size_t chunked = 0;
  for (const auto& entry : http::token_list{coding})
    chunked += beast::iequals(entry, last) ? 1 : 0;
  if (chunked != 1 || !ends_chunked)
    return bad_request("Transfer-Encoding does not end with `chunked`, once");
  return refuse_head(501, "not implemented: a transfer coding other than "
                          "`chunked`");
}

/// Whether `text` is `HOST` or `HOST:PORT` (RFC 3986, section 3.2, without user
/// information, and without the comma that would make a list of it).
bool is_authority(std::string_view text) {
  constexpr std::string_view marks = "-._~%!$&'()*+;=";
  const bool literal = text.starts_with('[');
  const auto end =
      literal ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == std::string_view::npos || end == 0)
    return false;
  const auto host = text.substr(literal ? 1 : 0, end - (literal ? 1 : 0));
  const auto rest = text.substr(end + (literal ? 1 : 0));
  return std::ranges::all_of(host,
                             [&](unsigned char c) {
                               return std::isalnum(c)
                                      || marks.find(static_cast<char>(c))
                                             != marks.npos
                                      || (literal && c == ':');
                             })
         && (rest.empty()
             || (rest.front() == ':' && all_digits(rest.substr(1))));
}

/// Puts path and Host of an absolute target in place of the two (RFC 9112,
/// section 3.2.2).
refusal settle_target(http_request& request) {
  const auto target = std::string{view_of(request.target())};
  if (target.find('#') != target.npos)
    return bad_request("the target has a fragment");
  if (target.starts_with('/')
      || (target == "*" && request.method() == http::verb::options))
    return std::nullopt;
  const auto scheme = target.find("://");
  const auto name = target.substr(0, scheme);
  if (scheme == target.npos
      || !(beast::iequals(name, "http") || beast::iequals(name, "https")))
    return bad_request("the target is neither a path nor an http URL");
  const auto begin = scheme + 3;
  const auto end = std::min(target.find_first_of("/?", begin), target.size());
  const auto authority = target.substr(begin, end - begin);
  if (!is_authority(authority))
    return bad_request("the target names no host");
  const auto path = target.substr(end);
  request.target((path.starts_with('/') ? "" : "/") + path);
  request.set(http::field::host, authority);
  return std::nullopt;
}

refusal check_host(const http_request& request) {
  const auto host = request.find(http::field::host);
  if (host == request.end())
    return request.version() < 11 ? std::nullopt
                                  : refusal{bad_request("there is no Host")};
  if (is_authority(view_of(host->value())))
    return std::nullopt;
  return bad_request("Host is not a host with or without port");
}

} // namespace

head_scanner::state head_scanner::refuse(unsigned status, std::string why) {
  refusal_ = refuse_head(status, why);
  return state::wrong;
}

head_scanner::state head_scanner::scan(std::string_view bytes) {
  while (at_ < bytes.size()) {
    if (at_ >= limit_)
      return refuse(431, "request header fields too large");
    const auto c = static_cast<unsigned char>(bytes[at_++]);
    if (after_cr_ != (c == '\n'))
      return refuse(400, "bad request: a CR or LF alone");
    if (c == '\n') {
      if (const auto now = end_line(); now != state::more)
        return now;
    } else if (c == '\r') {
      after_cr_ = true;
    } else if ((c < ' ' && c != '\t') || c == 0x7F) {
      return refuse(400, "bad request: a control character");
    } else if (length_++ == 0 && lines_ > 0 && (c == ' ' || c == '\t')) {
      return refuse(400, "bad request: a folded line");
    }
  }
  return state::more;
}

head_scanner::state head_scanner::end_line() {
  after_cr_ = false;
  if (length_ == 0 && lines_ > 0)
    return state::whole;
  if (length_ == 0) {
    if (begin_ > 0)
      return refuse(400, "bad request: blank lines before it");
    begin_ = at_;
    return state::more;
  }
  if (++lines_ > max_header_fields + 1)
    return refuse(431, "request header fields too large: at most "
                           + std::to_string(max_header_fields));
  length_ = 0;
  return state::more;
}

std::optional<http_reply> settle_head(http_request& request) {
  if (auto wrong = check_single(request))
    return wrong;
  join_lists(request);
  for (const auto check : {check_coding, check_length, check_host})
    if (auto wrong = check(request))
      return wrong;
  return settle_target(request);
}

} // namespace net
