#include "net/http/exchange.hpp"
#include "net/http/origin.hpp"
#include "net/poll/poll_request.hpp"
#include "tests/fuzz/promises.hpp"
#include "tests/fuzz/targets.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <variant>

namespace fuzz {

namespace {

namespace http = boost::beast::http;

constexpr std::uint32_t max_head = 4096;
constexpr std::uint64_t max_body = 4096;

/// The request at the start of `bytes`, given so many at a time; nothing if
/// there is none. `ended`: whether the rest is another's.
std::optional<net::http_request> parse(std::string_view bytes,
                                       std::size_t step) {
  http::request_parser<http::string_body> parser;
  parser.header_limit(max_head);
  parser.body_limit(max_body);
  parser.eager(true);
  std::string waiting;
  while (!parser.is_done() && !bytes.empty()) {
    const auto some = bytes.substr(0, step);
    bytes.remove_prefix(some.size());
    waiting += some;
    boost::beast::error_code ec;
    while (!waiting.empty() && !parser.is_done()) {
      const auto used = parser.put(boost::asio::buffer(waiting), ec);
      waiting.erase(0, used);
      if (ec == http::error::need_more)
        break;
      if (ec)
        return std::nullopt;
      if (used == 0)
        break;
    }
  }
  if (!parser.is_done())
    return std::nullopt;
  return parser.release();
}

bool same_request(const net::http_request& a, const net::http_request& b) {
  return a.method_string() == b.method_string() && a.target() == b.target()
         && a.version() == b.version() && a.body() == b.body()
         && std::equal(a.begin(), a.end(), b.begin(), b.end(),
                       [](const auto& x, const auto& y) {
                         return x.name_string() == y.name_string()
                                && x.value() == y.value();
                       });
}

/// All that the node reads out of a head.
void read_head(const net::http_request& request) {
  require(net::path_of(request).find('?') == std::string_view::npos,
          "a path has no query");
  const auto target =
      std::string_view{request.target().data(), request.target().size()};
  require(net::query_parameter(request, "api_key").size() <= target.size(),
          "decoding makes nothing longer");
  const auto token = net::cookie(request, "token");
  require(token.find(';') == std::string_view::npos, "a cookie is one value");
  const auto origin = net::header(request, http::field::origin);
  const auto host = net::header(request, http::field::host);
  require(net::origin_allowed("", host, {}), "no browser, no origin");
  require(net::origin_allowed(origin, host, {"*"}), "a star is every origin");
  net::origin_allowed(origin, host, {});
  net::origin_allowed(origin, host, {"https://*.example.com"});
  boost::beast::websocket::is_upgrade(request);
}

} // namespace

void http_request(std::string_view bytes) {
  if (bytes.empty())
    return;
  const auto step = static_cast<std::size_t>(bytes[0] & 0x1f) + 1;
  bytes.remove_prefix(1);
  const auto whole = parse(bytes, bytes.size() + 1);
  if (bytes.size() < max_head) {
    const auto pieces = parse(bytes, step);
    require(pieces.has_value() == whole.has_value(), "pieces change nothing");
    require(!whole || same_request(*whole, *pieces), "pieces change nothing");
  }
  if (!whole)
    return;
  require(whole->body().size() <= max_body, "a body is bounded");
  read_head(*whole);
}

void poll_request(std::string_view bytes) {
  const auto read = net::read_poll(bytes);
  const auto* request = std::get_if<net::poll_request>(&read);
  if (request == nullptr)
    return require(!std::get<std::string>(read).empty(), "it says why");
  const auto& head = request->head;
  const auto wishes = (head.open().empty() ? 0 : 1) + (head.poll() != 0 ? 1 : 0)
                      + (head.send() != 0 ? 1 : 0) + (head.close() ? 1 : 0);
  require(wishes == 1, "a request wants one thing");
  require(request->commands.empty() == (head.send() == 0),
          "who sends has commands, and nobody else");
  require(bytes.ends_with(request->commands), "commands stand at the end");
  require(!head.open().empty() || !head.session().empty(),
          "who opens no session has one");
}

} // namespace fuzz
